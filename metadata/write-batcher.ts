import { isAssetryError } from '../definitions/errors.ts'
import { ArrivalRate } from './arrival-rate.ts'
import { storableJson } from './storable-json.ts'

/** Writes a JSON array of items of one run in one statement; returns an answer for each, in their order. */
export type WriteBatch<TAnswer> = (runId: string, items: string) => Promise<readonly TAnswer[]>

interface Waiting<TAnswer> {
  readonly item: string
  readonly resolve: (answer: TAnswer) => void
  readonly reject: (error: unknown) => void
}

/**
 * Gathers writes of one kind: those of a run that are asked for in the same moment, or while an earlier statement of that
 * run is under way, become one statement. Where they come thick and fast, a statement waits a moment for more of them.
 * Runs don't wait for each other.
 */
export class WriteBatcher<TItem, TAnswer> {
  readonly #write: WriteBatch<TAnswer>
  readonly #rate = new ArrivalRate()
  readonly #waiting = new Map<string, Waiting<TAnswer>[]>()

  constructor(write: WriteBatch<TAnswer>) {
    this.#write = write
  }

  add(runId: string, item: TItem): Promise<TAnswer> {
    const text = storableJson(item)
    this.#rate.arrived(runId, performance.now())
    return new Promise((resolve, reject) => {
      const queue = this.#waiting.get(runId)
      if (queue !== undefined) {
        queue.push({ item: text, resolve, reject })
        return
      }
      const started = [{ item: text, resolve, reject }]
      this.#waiting.set(runId, started)
      void this.#drain(runId, started)
    })
  }

  async #drain(runId: string, queue: Waiting<TAnswer>[]): Promise<void> {
    while (queue.length > 0) {
      await this.#gather(runId)
      await this.#writeSome(runId, queue.splice(0, countOf(queue)))
    }
    this.#waiting.delete(runId)
  }

  #gather(runId: string): Promise<void> {
    return new Promise((resolve) => (this.#rate.isHigh(runId) ? setTimeout(resolve, lingerMs) : setImmediate(resolve)))
  }

  async #writeSome(runId: string, batch: readonly Waiting<TAnswer>[]): Promise<void> {
    try {
      const answers = await this.#write(runId, `[${batch.map(({ item }) => item).join(',')}]`)
      batch.forEach(({ resolve }, index) => resolve(answers[index] as TAnswer))
    } catch (error) {
      // What Assetry says (no such run, store unreachable) holds for all; what the database says may be about one item,
      // which must not fail the others.
      if (batch.length === 1 || isAssetryError(error)) for (const { reject } of batch) reject(error)
      else for (const single of batch) await this.#writeSome(runId, [single])
    }
  }
}

/** How many of the waiting items go into the next statement: bounded in number and in size. */
function countOf(queue: readonly { readonly item: string }[]): number {
  let characters = 0
  const end = queue.findIndex(({ item }, index) => index >= longestBatch || (characters += item.length) > largestBatch)
  return end === -1 ? queue.length : Math.max(end, 1)
}

/** Most items in a statement: a worker has at most 500 activities of a run at once. */
const longestBatch = 500
/** Most characters of JSON in a statement; one item may have more. */
const largestBatch = 2_000_000
/** How long a statement of a wide run waits for more. Unit: milliseconds. */
const lingerMs = 10
