import { setTimeout as wait } from 'node:timers/promises'
import { runBatch } from '../execution/step.ts'
import type { BatchPerformance } from '../execution/step-work.ts'
import { retryInMs } from '../execution/user-code-boundary.ts'
import { endsAttempt, PartitionResults } from './partition-results.ts'
import { causeToSkip, type PartitionedStepOptions } from './partitioned-step.ts'

/** Errors by the keys of the partitions that a call did not make. */
type Missed = ReadonlyMap<string, unknown>

interface Retries {
  readonly again: readonly string[]
  readonly delayMs: number
}

/**
 * Makes the partitions of a step several at once. Each is recorded by itself, as it comes; those that a call did not make are
 * asked for again together, as far as the retry policy has a try left for them.
 */
export class BatchedStep {
  readonly #options: PartitionedStepOptions
  readonly #batch: BatchPerformance
  readonly #results: PartitionResults

  constructor(options: PartitionedStepOptions, batch: BatchPerformance) {
    this.#options = options
    this.#batch = batch
    this.#results = new PartitionResults(options)
  }

  /** Resolves to the number of partitions that were not made, when everything is recorded. Throws what ends the attempt. */
  async toItsEnd(): Promise<number> {
    const { keys } = this.#options
    const { size } = this.#batch
    await this.#results.recording(async () => {
      for (let first = 0; first < keys.length; first += size) await this.#triesToTheirEnd(keys.slice(first, first + size))
    })
    return this.#results.failedKeys.size
  }

  async #triesToTheirEnd(keys: readonly string[]): Promise<void> {
    let left = await this.#wanted(keys)
    for (let tries = 1; left.length > 0; tries += 1) {
      const { again, delayMs } = await this.#sorted(left, await this.#called(left), tries)
      if (again.length > 0) await this.#wait(delayMs)
      left = again
    }
  }

  /** Those of which nothing that they need has failed. */
  async #wanted(keys: readonly string[]): Promise<readonly string[]> {
    const wanted: string[] = []
    for (const key of keys) {
      const cause = causeToSkip(key, this.#options, this.#results.failedKeys)
      if (cause === undefined) wanted.push(key)
      else await this.#results.skipped(key, cause)
    }
    return wanted
  }

  async #called(keys: readonly string[]): Promise<Missed> {
    const { work, hostOf, signal } = this.#options
    const untold = new Set(keys)
    const missed = new Map<string, unknown>()
    signal.throwIfAborted()
    try {
      await runBatch(hostOf(keys), work, this.#batch, {
        made: async (key, outcome, durationMs) => {
          untold.delete(key)
          await this.#results.made(key, outcome, durationMs)
        },
        failed: async (key, error) => {
          if (endsAttempt(error)) throw error
          untold.delete(key)
          missed.set(key, error)
        },
      })
    } catch (error) {
      if (signal.aborted || endsAttempt(error)) throw error
      for (const key of untold) missed.set(key, error)
    }
    return missed
  }

  /** Apart by whether there is another try for them, after the longest of their delays. */
  async #sorted(keys: readonly string[], missed: Missed, tries: number): Promise<Retries> {
    const again: string[] = []
    const random = Math.random()
    let delayMs = 0
    for (const key of keys.filter((each) => missed.has(each))) {
      const delay = retryInMs(missed.get(key), this.#options.work.computation.retries, tries, random)
      if (delay === null) {
        await this.#results.failed(key, missed.get(key))
        continue
      }
      again.push(key)
      delayMs = Math.max(delayMs, delay)
    }
    return { again, delayMs }
  }

  async #wait(delayMs: number): Promise<void> {
    const { signal } = this.#options
    await wait(delayMs, undefined, { signal }).catch(() => signal.throwIfAborted())
  }
}
