import type { PartitionsRecording } from '../metadata/stores/step-store.ts'

/** Most partitions that wait to be recorded while earlier ones are: those that a killed worker has made in vain. */
const mostWaiting = 200

/**
 * Records what comes of a step's partitions while the step goes on: what has come while a statement was under way is
 * recorded by the next one, so that a slow partition is recorded at once, and quick ones share a statement.
 */
export class PartitionRecorder {
  readonly #write: (recording: PartitionsRecording) => Promise<void>
  readonly #waiting: PartitionsRecording[] = []
  #writing: Promise<void> | undefined
  #error: { readonly reason: unknown } | undefined

  constructor(write: (recording: PartitionsRecording) => Promise<void>) {
    this.#write = write
  }

  /** Resolves as soon as the step may go on. Throws what an earlier recording threw. */
  async add(recording: Partial<PartitionsRecording>): Promise<void> {
    this.#throwError()
    this.#waiting.push({ materializations: [], checks: [], failures: [], ...recording })
    this.#writing ??= this.#drain()
    if (this.#waiting.length >= mostWaiting) await this.flush()
  }

  /** Resolves when everything is recorded. */
  async flush(): Promise<void> {
    await this.#writing
    this.#throwError()
  }

  async #drain(): Promise<void> {
    try {
      while (this.#waiting.length > 0) {
        // What is made in the same turn of the event loop goes along.
        await new Promise(setImmediate)
        await this.#write(joined(this.#waiting.splice(0)))
      }
    } catch (reason) {
      this.#error ??= { reason }
    } finally {
      this.#writing = undefined
    }
  }

  #throwError(): void {
    if (this.#error !== undefined) throw this.#error.reason
  }
}

function joined(recordings: readonly PartitionsRecording[]): PartitionsRecording {
  return {
    materializations: recordings.flatMap(({ materializations }) => materializations),
    checks: recordings.flatMap(({ checks }) => checks),
    failures: recordings.flatMap(({ failures }) => failures),
  }
}
