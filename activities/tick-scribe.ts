import { StepOutput } from '../execution/step-output.ts'
import type { LogLine } from '../metadata/stores/step-store.ts'
import { StepLog } from './step-log.ts'
import type { WorkerParts } from './worker-parts.ts'

/** Lines of a tick that are kept. A function that is evaluated every few seconds is to say little. */
const keptLines = 500

/** What an evaluation logs and writes, kept until its tick is recorded. */
export class TickScribe {
  readonly #lines: LogLine[] = []
  readonly log: StepLog
  readonly output: StepOutput

  constructor({ secrets, onOutput }: Pick<WorkerParts, 'secrets' | 'onOutput'>) {
    this.log = new StepLog({
      secrets,
      write: async (lines) => void this.#lines.push(...lines.slice(0, keptLines - this.#lines.length)),
    })
    this.output = new StepOutput((line) => {
      const text = secrets.text(line.text)
      this.log.add({ source: line.source, level: line.level, message: text })
      onOutput({ ...line, text })
    })
  }

  async lines(): Promise<readonly LogLine[]> {
    await this.log.flush()
    return this.#lines
  }
}
