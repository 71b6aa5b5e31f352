import type { Client, RunEvent } from '../../client/index.ts'
import { type ExitCode, exitCodes } from '../exit-code.ts'
import { batched } from '../batched.ts'
import { onInterrupt } from '../interrupt.ts'
import { wholeRunId } from '../run-id.ts'
import { linesInTime } from '../run-view/event-lines.ts'
import { requiredServer } from '../server.ts'
import { colorsFor } from '../terminal.ts'
import type { ServerOptions } from './run-show.ts'

/** Options of `assetry run logs`. */
export interface RunLogsOptions extends ServerOptions {
  readonly follow?: boolean
}

/** Time in which entries that come are gathered, to be shown in the order in which they happened. Unit: milliseconds; too short to be felt. */
const batchMs = 100

/** Prints what a run's log holds, and with `--follow` what comes to it until the run has ended. */
export async function runLogs(id: string, options: RunLogsOptions): Promise<ExitCode> {
  const { client } = await requiredServer(options)
  const runId = await wholeRunId(client, id)
  const write = options.json === true ? writeDocument : writeLines
  const interrupted = new AbortController()
  const release = onInterrupt(() => interrupted.abort())
  try {
    const batches =
      options.follow === true ? batched(client.runs.follow(runId, { signal: interrupted.signal }), batchMs) : recorded(client, runId)
    for await (const batch of batches) write(batch)
    return exitCodes.done
  } catch (error) {
    if (interrupted.signal.aborted) return exitCodes.interrupted
    throw error
  } finally {
    release()
  }
}

/** What is recorded by now, page by page. */
async function* recorded(client: Client, runId: string): AsyncGenerator<readonly RunEvent[], void> {
  let after = 0
  for (;;) {
    const { items } = await client.runs.events(runId, { after })
    yield items
    const last = items.at(-1)
    if (last === undefined) return
    after = last.seq
  }
}

/** Programs get the entries as they are recorded, by `seq`. */
function writeDocument(events: readonly RunEvent[]): void {
  for (const event of events) process.stdout.write(`${JSON.stringify(event)}\n`)
}

function writeLines(events: readonly RunEvent[]): void {
  for (const line of linesInTime(events, colorsFor(process.stdout))) process.stdout.write(`${line}\n`)
}
