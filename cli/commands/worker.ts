import { captureOutput } from '../../execution/output-capture.ts'
import { attributeStrayErrors } from '../../execution/stray-errors.ts'
import { openStore } from '../../metadata/open-store.ts'
import { ensureSearchAttributes } from '../../temporal/search-attributes.ts'
import { connectWorker } from '../../temporal/worker-connection.ts'
import { startWorker } from '../../worker.ts'
import { databaseUrl, requireTemporal, temporalPatienceMs } from '../connection-settings.ts'
import { type ExitCode, exitCodes } from '../exit-code.ts'
import { interruption } from '../interrupt.ts'
import { loadDefinitions } from '../load-definitions.ts'
import { processLog, ownLogger } from '../process-log.ts'
import { openProject } from '../project.ts'
import { forwardTemporalLog } from '../temporal-log.ts'

/** Options of `assetry worker`. */
export interface WorkerOptions {
  readonly file?: string
  readonly codeLocation: string
}

/** Runs a worker until SIGTERM or Ctrl-C; then running steps get time to end, and what is not done goes to another worker. */
export async function worker({ file, codeLocation }: WorkerOptions): Promise<ExitCode> {
  const project = openProject(file === undefined ? {} : { file })
  const url = databaseUrl()
  requireTemporal()
  const log = processLog('worker')
  attributeStrayErrors((error) => {
    log.fatal({ err: error }, 'an error that belongs to no step; the worker ends')
    process.exit(exitCodes.failed)
  })
  // Before the definitions are loaded: one of their modules may keep `console.log` for later.
  captureOutput()
  const definitions = await loadDefinitions(project.definitionsFile)
  forwardTemporalLog(({ isError, message, fields }) => (isError ? log.error(fields, message) : log.warn(fields, message)))
  const store = await openStore({ url, log: ownLogger(log) })
  const { connection, namespace, address } = await connectWorker({ within: temporalPatienceMs })
  await ensureSearchAttributes(connection, namespace, ownLogger(log))
  const stopped = interruption()
  const running = await startWorker({
    definitions,
    store,
    connection,
    namespace,
    codeLocation,
    // stdout is the worker's own log, which is JSON.
    onOutput: ({ text }) => void process.stderr.write(`${text}\n`),
    warn: (message, error) => log.warn(error === undefined ? {} : { err: error }, message),
  })
  log.info(
    { temporal: address, taskQueue: running.taskQueue, identity: running.identity, assets: definitions.assets.length },
    'worker polls',
  )
  void stopped.signal.then((signal) => {
    log.info({ signal }, 'worker drains')
    void running.shutdown()
  })
  try {
    await running.ended
  } finally {
    stopped.release()
    await Promise.all([store.close(), connection.close()])
  }
  log.info('worker ended')
  return exitCodes.done
}
