import { setTimeout as wait } from 'node:timers/promises'
import { Client, Connection } from '@temporalio/client'
import { type ClientConnectConfig, loadClientConnectConfig } from '@temporalio/envconfig'
import { NativeConnection } from '@temporalio/worker'
import { AssetryError } from '../definitions/errors.ts'
import { temporalAddress } from './connection-settings.ts'

/** How long a connection is tried. */
export interface ConnectOptions {
  /** Told of each attempt that failed. */
  readonly onRetry: (message: string) => void
  /** Unit: milliseconds. @default 30,000: longer than a restart of a Temporal server, measured at about 3 s */
  readonly patienceMs?: number
}

/** A connection and the namespace that the environment names. */
export interface Connected<TConnection> {
  readonly connection: TConnection
  readonly namespace: string
  readonly close: () => Promise<void>
}

/**
 * Connects a worker to the Temporal that the environment names, by the same variables and profiles as the `temporal`
 * command: `TEMPORAL_ADDRESS`, `TEMPORAL_NAMESPACE`, `TEMPORAL_API_KEY`, `TEMPORAL_TLS…`.
 *
 * @throws `USAGE` where `TEMPORAL_ADDRESS` is not set, `TEMPORAL_UNREACHABLE`
 */
export async function connectWorker(options: ConnectOptions): Promise<Connected<NativeConnection>> {
  const { connectionOptions, namespace } = settings()
  const connection = await persistently(() => NativeConnection.connect(connectionOptions), options)
  return { connection, namespace, close: () => connection.close() }
}

/** Connects a client, as {@link connectWorker} does a worker. */
export async function connectClient(options: ConnectOptions): Promise<Connected<Client>> {
  const { connectionOptions, namespace } = settings()
  const { address, tls, apiKey, metadata } = connectionOptions as ConnectionOptions
  const connection = await persistently(
    () =>
      Connection.connect({
        ...(address !== undefined && { address }),
        ...(tls !== undefined && { tls }),
        ...(apiKey !== undefined && { apiKey }),
        ...(metadata !== undefined && { metadata }),
        connectTimeout: 5_000,
      }),
    options,
  )
  return { connection: new Client({ connection, namespace }), namespace, close: () => connection.close() }
}

/** What the environment can say, which both kinds of connection understand. */
type ConnectionOptions = Pick<NonNullable<Parameters<typeof Connection.connect>[0]>, 'address' | 'tls' | 'metadata'> & {
  readonly apiKey?: string
}

function settings(): ClientConnectConfig & { readonly namespace: string } {
  temporalAddress()
  const { connectionOptions, namespace } = loadClientConnectConfig()
  return { connectionOptions, namespace: namespace ?? 'default' }
}

const firstDelayMs = 250
const longestDelayMs = 4_000

async function persistently<TConnection>(connect: () => Promise<TConnection>, options: ConnectOptions): Promise<TConnection> {
  const patienceMs = options.patienceMs ?? 30_000
  const deadline = Date.now() + patienceMs
  for (let delayMs = firstDelayMs; ; delayMs = Math.min(delayMs * 2, longestDelayMs)) {
    try {
      return await connect()
    } catch (error) {
      if (Date.now() + delayMs > deadline) throw unreachable(error, patienceMs)
      options.onRetry(`Temporal at ${temporalAddress()} does not answer; trying again in ${delayMs} ms`)
      await wait(delayMs)
    }
  }
}

function unreachable(cause: unknown, patienceMs: number): AssetryError {
  const address = temporalAddress()
  return new AssetryError(
    'TEMPORAL_UNREACHABLE',
    `Temporal at ${address} did not answer within ${patienceMs / 1000} s. Check TEMPORAL_ADDRESS, and that its server runs and can be reached from here.`,
    { facts: { address }, cause },
  )
}
