import { createApp, startApiServer } from '../../api/index.ts'
import { openStore } from '../../metadata/open-store.ts'
import { createBackfillLauncher } from '../../temporal/backfill-launcher.ts'
import { createScheduleControl } from '../../temporal/schedule-control.ts'
import { createSensorControl } from '../../temporal/sensor-control.ts'
import { connectTemporal } from '../../temporal/connection.ts'
import { createRunLauncher } from '../../temporal/run-launcher.ts'
import { apiToken, isOpenToOthers } from '../api-token.ts'
import { databaseUrl, requireTemporal, temporalPatienceMs } from '../connection-settings.ts'
import { type ExitCode, exitCodes } from '../exit-code.ts'
import { interruption } from '../interrupt.ts'
import { nearestPackageFolder, packageVersion } from '../package-root.ts'
import { processLog, ownLogger } from '../process-log.ts'
import { loadEnvironment } from '../project.ts'

/** Options of `assetry api`. */
export interface ApiOptions {
  readonly host: string
  readonly port: number
  /** Whether it may listen beyond this machine without a token. */
  readonly insecure?: boolean
}

/** Serves the API until SIGTERM or Ctrl-C; requests that are under way then get their answer. */
export async function api({ host, port, insecure = false }: ApiOptions): Promise<ExitCode> {
  loadEnvironment(nearestPackageFolder(process.cwd()) ?? process.cwd())
  const token = apiToken()
  const isOpen = isOpenToOthers({ host, token, insecure })
  const url = databaseUrl()
  requireTemporal()
  const log = processLog('api')
  if (isOpen) log.warn({ host }, 'api asks for no token: whoever reaches this address can start runs')
  const store = await openStore({ url, log: ownLogger(log) })
  const temporal = await connectTemporal({ within: temporalPatienceMs })
  const app = createApp({
    store,
    launcher: createRunLauncher({ store, client: temporal.client }),
    backfills: createBackfillLauncher({ store, client: temporal.client }),
    schedules: createScheduleControl({ store, client: temporal.client }),
    sensors: createSensorControl({ store, client: temporal.client }),
    version: packageVersion(),
    namespace: temporal.namespace,
    temporalUiUrl: process.env.TEMPORAL_UI_URL,
    allowedHosts: allowedHosts(host),
    token,
    log,
  })
  const stopped = interruption()
  try {
    const server = await startApiServer({ app, host, port })
    log.info({ url: server.url, temporal: temporal.address }, 'api listens')
    const signal = await stopped.signal
    log.info({ signal }, 'api drains')
    await server.close()
  } finally {
    stopped.release()
    await Promise.all([store.close(), temporal.close()])
  }
  log.info('api ended')
  return exitCodes.done
}

/** Names it may be asked under: those in `ASSETRY_ALLOWED_HOSTS`, with commas between them, and the one it listens on. */
function allowedHosts(host: string): readonly string[] {
  const named = (process.env.ASSETRY_ALLOWED_HOSTS ?? '').split(',').map((name) => name.trim())
  return [...named, host].filter((name) => name !== '' && name !== '0.0.0.0' && name !== '::')
}
