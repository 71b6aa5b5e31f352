import { captureOutput } from '../../execution/output-capture.ts'
import { attributeStrayErrors } from '../../execution/stray-errors.ts'
import { openStore } from '../../metadata/open-store.ts'
import { connectWorker } from '../../temporal/worker-connection.ts'
import { startWorker } from '../../worker.ts'
import { loadDefinitions } from '../load-definitions.ts'
import { forwardTemporalLog } from '../temporal-log.ts'
import { processErrorOf } from './process-error.ts'
import type { FromWorker, ToWorker } from './worker-messages.ts'

/** The worker process of an embedded stack: `worker-main DEFINITIONS_FILE`, spoken to over its channel. */

/** Time that running steps get when the stack stops or reloads; what is not done then goes to the next worker. */
const shutdownGrace = '5 seconds'

const tell = (message: FromWorker): void => void process.send?.(message)

/** The next message of the supervisor. Whoever loads the definitions may take a while; the message waits. */
function nextMessage(): Promise<ToWorker> {
  return new Promise((resolve) => process.once('message', (message) => resolve(message as ToWorker)))
}

/** Without its supervisor a worker has neither store nor Temporal, and a successor will take its steps: it ends at once. */
process.on('disconnect', () => process.exit(1))
// Ctrl-C in a terminal reaches every process of the group; the supervisor alone decides what ends when.
process.on('SIGINT', () => undefined)

async function main(definitionsFile: string): Promise<void> {
  const told = nextMessage()
  forwardTemporalLog(({ message }) => tell({ type: 'warning', message }))
  attributeStrayErrors(endOfStray)
  // Before the definitions are loaded: one of their modules may keep `console.log` for later.
  captureOutput()
  const definitions = await loadDefinitions(definitionsFile)
  tell({ type: 'loaded', assetCount: definitions.assets.length, jobCount: definitions.jobs.length })
  const start = await told
  const [store, { connection, namespace }] = await Promise.all([openStore({ url: start.storeUrl }), connectWorker(start.temporal)])
  const worker = await startWorker({
    definitions,
    store,
    connection,
    namespace,
    codeLocation: start.codeLocation,
    shutdownGrace,
    warn: (message, error) => tell({ type: 'warning', message: error instanceof Error ? `${message}: ${error.message}` : message }),
  })
  process.once('SIGTERM', () => void worker.shutdown())
  tell({ type: 'ready', identity: worker.identity })
  await worker.ended
  await Promise.all([store.close(), connection.close()])
}

/** An error of no step: the process can't be trusted any more, and the supervisor starts another. */
function endOfStray(error: unknown): void {
  process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`)
  process.exit(1)
}

main(process.argv[2] ?? '').then(
  () => process.exit(0),
  (error: unknown) => {
    // The channel must have taken the message before the process ends.
    if (process.send === undefined) process.exit(1)
    else process.send({ type: 'failed', error: processErrorOf(error) } satisfies FromWorker, () => process.exit(1))
  },
)
