import { NativeConnection } from '@temporalio/worker'
import { type ConnectTemporalOptions, connectTemporal, unreachable } from './connection.ts'
import { temporalSettings } from './connection-settings.ts'

/** A worker's own connection to Temporal. */
export interface WorkerConnection {
  readonly connection: NativeConnection
  readonly address: string
  readonly namespace: string
}

/**
 * Connects a worker, by the same settings and with the same patience as {@link connectTemporal}. Apart from it, because
 * importing this loads the worker's native library.
 *
 * @throws `TEMPORAL_UNREACHABLE`
 */
export async function connectWorker(options: ConnectTemporalOptions = {}): Promise<WorkerConnection> {
  const settings = temporalSettings(options)
  // The native connection neither waits for a server nor says what is wrong; a client's does both.
  await (await connectTemporal(options)).close()
  const connection = await NativeConnection.connect(settings.connectionOptions).catch((error: unknown) => unreachable(settings, error))
  return { connection, address: settings.address, namespace: settings.namespace }
}
