import { loadClientConnectConfig } from '@temporalio/envconfig'
import type { NativeConnectionOptions } from '@temporalio/worker'
import { AssetryError } from '../definitions/errors.ts'

/** Which Temporal server to use. */
export interface TemporalTarget {
  /**
   * `host:port` of a server that is used as it is: without the API key and TLS settings of the environment, which belong
   * to another one. For the embedded server.
   *
   * @default `TEMPORAL_ADDRESS`, or that of the `temporal` CLI's profile, or `localhost:7233`
   */
  readonly address?: string
  /** @default `TEMPORAL_NAMESPACE` or the profile's, where `address` is not given; else `default` */
  readonly namespace?: string
  /** @default process.env */
  readonly environment?: Readonly<Record<string, string | undefined>>
}

/** How to reach a Temporal server; the same for clients and for workers. */
export interface TemporalSettings {
  readonly address: string
  readonly namespace: string
  /** For `Connection` and `NativeConnection` alike. Holds secrets: never log it. */
  readonly connectionOptions: Pick<NativeConnectionOptions, 'address' | 'apiKey' | 'tls' | 'metadata'>
}

/**
 * Reads how to reach Temporal as its own CLI does: `TEMPORAL_ADDRESS`, `TEMPORAL_NAMESPACE`, `TEMPORAL_API_KEY`,
 * `TEMPORAL_TLS…`, `TEMPORAL_PROFILE` and the profiles in `temporal.toml`.
 *
 * @throws `TEMPORAL_UNREACHABLE` where the settings can't be read
 */
export function temporalSettings(target: TemporalTarget = {}): TemporalSettings {
  if (target.address !== undefined) return settingsOf(target.namespace, { address: target.address })
  const { namespace, connectionOptions } = fromEnvironment(target.environment ?? process.env)
  return settingsOf(target.namespace ?? namespace, connectionOptions)
}

function settingsOf(namespace: string | undefined, options: NativeConnectionOptions): TemporalSettings {
  const { address = 'localhost:7233', apiKey, tls, metadata } = options
  return {
    address,
    namespace: namespace ?? 'default',
    connectionOptions: {
      address,
      ...(apiKey !== undefined && { apiKey }),
      ...(tls !== undefined && { tls }),
      ...(metadata !== undefined && { metadata }),
    },
  }
}

function fromEnvironment(environment: Readonly<Record<string, string | undefined>>): ReturnType<typeof loadClientConnectConfig> {
  // An empty variable is one that was not filled in, as in a compose file: the same as none.
  const filled = Object.entries(environment).filter((entry): entry is [string, string] => entry[1] !== undefined && entry[1] !== '')
  try {
    return loadClientConnectConfig({ overrideEnvVars: Object.fromEntries(filled) })
  } catch (error) {
    // Without the cause: a parser's error quotes the line, and that line may hold the API key.
    throw new AssetryError(
      'TEMPORAL_UNREACHABLE',
      `The settings of the connection to Temporal can't be read: ${firstLine(error)}. ` +
        'They are the TEMPORAL_… variables and the profile in temporal.toml (TEMPORAL_CONFIG_FILE, TEMPORAL_PROFILE).',
    )
  }
}

function firstLine(error: unknown): string {
  const line = (error instanceof Error ? error.message : String(error)).split('\n', 1)[0] ?? ''
  return line.replace(/\.$/, '')
}
