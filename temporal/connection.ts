import { setTimeout as sleep } from 'node:timers/promises'
import { Client, Connection, isGrpcServiceError } from '@temporalio/client'
import { AssetryError } from '../definitions/errors.ts'
import { type TemporalSettings, type TemporalTarget, temporalSettings } from './connection-settings.ts'

/** What {@link connectTemporal} may be told. */
export interface ConnectTemporalOptions extends TemporalTarget {
  /** Milliseconds to keep trying. @default 10000 */
  readonly within?: number
}

/** A connection to Temporal that was seen to work, with its namespace. */
export interface TemporalConnection {
  readonly client: Client
  readonly connection: Connection
  readonly address: string
  readonly namespace: string
  close(): Promise<void>
}

/** Numbers of gRPC's status codes (https://grpc.io/docs/guides/status-codes/). */
const grpcStatus = { notFound: 5, permissionDenied: 7, unauthenticated: 16 }

/**
 * Connects to Temporal and looks the namespace up; keeps trying for a while, because servers start in any order.
 *
 * @throws `TEMPORAL_UNREACHABLE` with the address, the namespace and what to do
 */
export async function connectTemporal(options: ConnectTemporalOptions = {}): Promise<TemporalConnection> {
  const settings = temporalSettings(options)
  const deadline = Date.now() + (options.within ?? 10_000)
  const connection = await openConnection(settings.connectionOptions, deadline).catch((error: unknown) => unreachable(settings, error))
  try {
    await lookUpNamespace(connection, settings.namespace, deadline)
  } catch (error) {
    await connection.close()
    return unreachable(settings, error)
  }
  const client = new Client({ connection, namespace: settings.namespace })
  return { client, connection, address: settings.address, namespace: settings.namespace, close: () => connection.close() }
}

/** Opens a connection and makes a first call, until `deadline`. What could not be opened is closed again, unlike by `Connection.connect`. */
export async function openConnection(options: TemporalSettings['connectionOptions'], deadline: number): Promise<Connection> {
  const connectTimeout = Math.max(1, deadline - Date.now())
  const connection = Connection.lazy({ ...options, connectTimeout })
  try {
    await connection.ensureConnected()
    return connection
  } catch (error) {
    await connection.close()
    throw error
  }
}

/** A server that has just been set up gets its namespace a moment after it answers: not found is asked again. */
async function lookUpNamespace(connection: Connection, namespace: string, deadline: number): Promise<void> {
  for (;;) {
    try {
      await connection.withDeadline(Math.max(deadline, Date.now() + 1_000), () =>
        connection.workflowService.describeNamespace({ namespace }),
      )
      return
    } catch (error) {
      if (statusOf(error) !== grpcStatus.notFound || Date.now() >= deadline) throw error
    }
    await sleep(250)
  }
}

/** The gRPC status of an error or of what caused it. */
function statusOf(error: unknown): number | undefined {
  if (isGrpcServiceError(error)) return error.code
  return error instanceof Error && error.cause !== undefined ? statusOf(error.cause) : undefined
}

/** @throws always `TEMPORAL_UNREACHABLE` */
export function unreachable({ address, namespace }: TemporalSettings, cause: unknown): never {
  const message = `Temporal at ${address}, namespace "${namespace}", ${whatHappened(namespace, cause)}`
  throw new AssetryError('TEMPORAL_UNREACHABLE', message, { facts: { address, namespace }, cause })
}

function whatHappened(namespace: string, cause: unknown): string {
  const status = statusOf(cause)
  if (status === grpcStatus.notFound) {
    return `has no such namespace. Create it with \`temporal operator namespace create -n ${namespace}\`, or set TEMPORAL_NAMESPACE to one that exists.`
  }
  if (status === grpcStatus.permissionDenied || status === grpcStatus.unauthenticated) {
    return 'refuses us. Check TEMPORAL_API_KEY and the TEMPORAL_TLS settings, and that they may use this namespace.'
  }
  return 'does not answer. Start the server, or set TEMPORAL_ADDRESS (and TEMPORAL_TLS=true where it wants an encrypted connection) to one that runs.'
}
