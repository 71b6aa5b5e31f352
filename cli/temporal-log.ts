import { DefaultLogger, type LogEntry, Runtime } from '@temporalio/worker'

/** What the SDK says of failures of user code and of the runs that they fail, and of a worker that is meant to have no workflows. */
const leftOut: ReadonlySet<string> = new Set([
  'Activity failed',
  'Workflow failed',
  'No workflows registered, not polling for workflow tasks',
])

/** One thing that Temporal's SDK has to say. */
export interface TemporalLogEntry {
  readonly isError: boolean
  readonly message: string
  readonly fields: Readonly<Record<string, unknown>>
}

/**
 * Sends what Temporal's SDK warns of to `write`, and leaves the rest out: by itself it prints every change of a worker's
 * state. Failures of activities and workflows are left out too, because Assetry records each and shows it with its run. Must be
 * called before the first connection of the process, and once.
 */
export function forwardTemporalLog(write: (entry: TemporalLogEntry) => void): void {
  Runtime.install({
    logger: new DefaultLogger('WARN', (entry) => {
      if (!leftOut.has(entry.message)) write(ownEntry(entry))
    }),
    // Forwarded, the native part's log is looked at every 10 ms, which costs a tenth of a core for nothing to be said. Its
    // errors go to stderr as they are; its warnings are of calls that it repeats by itself.
    telemetryOptions: { logging: { filter: { core: 'ERROR', other: 'ERROR' } } },
    // By itself the SDK shuts workers down at each SIGINT and SIGTERM; here the process decides.
    shutdownSignals: [],
  })
}

function ownEntry({ level, message, meta }: LogEntry): TemporalLogEntry {
  return { isError: level === 'ERROR', message, fields: { ...meta } }
}
