import type { Client, Run } from '../client/index.ts'
import { type DevLine, failureLines, runBegunLine, runEndedLine } from './dev-lines.ts'

/** Time between two looks at the list of runs. Unit: milliseconds. */
const lookEveryMs = 1_000

/** Runs that one look can tell of. */
const lookedAt = 50

/**
 * Says when runs begin and end, whoever started them. Looks at the list of runs; a look that fails is left out, because
 * the stack itself says what is wrong with it.
 */
export function watchRuns(client: Client, write: (line: DevLine) => void): () => void {
  const watch = new RunWatch(write, (runId) => {
    client.runs.get(runId).then(
      (run) => write(failureLines(run)),
      () => {},
    )
  })
  let timer: NodeJS.Timeout | undefined
  let stopped = false
  const look = async (): Promise<void> => {
    const page = await client.runs.list({ limit: lookedAt }).catch(() => undefined)
    if (stopped) return
    if (page !== undefined) watch.look(page.items)
    timer = setTimeout(() => void look(), lookEveryMs)
  }
  void look()
  return () => {
    stopped = true
    clearTimeout(timer)
  }
}

/** Tells from one look at the list of runs to the next what has begun and what has ended. */
export class RunWatch {
  readonly #write: (line: DevLine) => void
  readonly #failed: (runId: string) => void
  /** Runs of the last look: two may have been made in the same millisecond. */
  #known: ReadonlySet<string> = new Set()
  /** Those of them that were open. */
  #open: ReadonlySet<string> = new Set()
  #newest: string | undefined
  #first = true

  /** @param failed - told of each run that ended as FAILURE */
  constructor(write: (line: DevLine) => void, failed: (runId: string) => void) {
    this.#write = write
    this.#failed = failed
  }

  /** @param runs - newest first */
  look(runs: readonly Run[]): void {
    const since = this.#newest
    for (const run of [...runs].reverse()) {
      const isNew = !this.#first && !this.#known.has(run.runId) && (since === undefined || run.createdAt >= since)
      if (isNew) this.#write(runBegunLine(run))
      if (isEnded(run) && (isNew || this.#open.has(run.runId))) this.#tellEnd(run)
    }
    this.#known = new Set(runs.map((run) => run.runId))
    this.#open = new Set(runs.filter((run) => !isEnded(run)).map((run) => run.runId))
    this.#newest = runs[0]?.createdAt ?? since
    this.#first = false
  }

  #tellEnd(run: Run): void {
    this.#write(runEndedLine(run))
    if (run.status === 'FAILURE') this.#failed(run.runId)
  }
}

function isEnded(run: Run): boolean {
  return run.endedAt !== null
}
