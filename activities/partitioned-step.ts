import { setTimeout as wait } from 'node:timers/promises'
import type { AssetKey } from '../definitions/asset-key.ts'
import { runStep } from '../execution/step.ts'
import type { StepHost } from '../execution/step-host.ts'
import type { StepWork } from '../execution/step-work.ts'
import { retryInMs } from '../execution/user-code-boundary.ts'
import { endsAttempt, PartitionResults, type PartitionResultsOptions } from './partition-results.ts'

/** What a step of many partitions is done with. */
export interface PartitionedStepOptions extends PartitionResultsOptions {
  readonly work: StepWork
  /** Those to make, in order. */
  readonly keys: readonly string[]
  /** The asset on whose account a partition is left out, if any. */
  readonly because: (key: string) => AssetKey | undefined
  /** Whether a partition comes after the tries of those before it. */
  readonly inOrder: boolean
  /** Partitions of the same asset that a partition needs. */
  readonly ownNeeds: (key: string) => readonly string[]
  /** Those of them that were not made before this step. */
  readonly ownFailed: ReadonlySet<string>
  readonly hostOf: (keys: readonly string[]) => StepHost
  readonly signal: AbortSignal
}

/** A partition that failed and is tried again. */
interface Retry {
  readonly key: string
  readonly failures: number
  /** As `performance.now()` has it. */
  readonly at: number
}

/**
 * Makes the partitions of a step one after another. Each is recorded by itself and tried again by itself: one that has to
 * wait for its next try lets the others go first, unless they need it.
 */
export class PartitionedStep {
  readonly #options: PartitionedStepOptions
  readonly #results: PartitionResults
  readonly #retries: Retry[] = []

  constructor(options: PartitionedStepOptions) {
    this.#options = options
    this.#results = new PartitionResults(options)
  }

  /** Resolves to the number of partitions that were not made, when everything is recorded. Throws what ends the attempt. */
  async toItsEnd(): Promise<number> {
    await this.#results.recording(async () => {
      for (const key of this.#options.keys) await this.#first(key)
      await this.#retriesToTheirEnd()
    })
    return this.#results.failedKeys.size
  }

  async #first(key: string): Promise<void> {
    const cause = causeToSkip(key, this.#options, this.#results.failedKeys)
    if (cause !== undefined) return this.#results.skipped(key, cause)
    await this.#attempt(key, 0)
    if (this.#options.inOrder) await this.#retriesToTheirEnd()
  }

  async #retriesToTheirEnd(): Promise<void> {
    while (this.#retries.length > 0) await this.#retryNext()
  }

  async #retryNext(): Promise<void> {
    this.#retries.sort((one, other) => one.at - other.at)
    const next = this.#retries.shift()
    if (next === undefined) return
    const { signal } = this.#options
    await wait(Math.max(0, next.at - performance.now()), undefined, { signal }).catch(() => signal.throwIfAborted())
    await this.#attempt(next.key, next.failures)
  }

  async #attempt(key: string, failures: number): Promise<void> {
    const { work, hostOf, signal } = this.#options
    signal.throwIfAborted()
    const begun = performance.now()
    try {
      const outcome = await runStep(hostOf([key]), work)
      await this.#results.made(key, outcome, performance.now() - begun)
    } catch (error) {
      if (signal.aborted || endsAttempt(error)) throw error
      await this.#wentWrong(key, error, failures + 1)
    }
  }

  async #wentWrong(key: string, error: unknown, failures: number): Promise<void> {
    const delay = retryInMs(error, this.#options.work.computation.retries, failures, Math.random())
    if (delay === null) await this.#results.failed(key, error)
    else this.#retries.push({ key, failures, at: performance.now() + delay })
  }
}

/** The asset on whose account a partition is left out: one upstream, or its own where an earlier partition that it needs was not made. */
export function causeToSkip(
  key: string,
  { because, assetKeys, inOrder, ownNeeds, ownFailed }: PartitionedStepOptions,
  failed: ReadonlySet<string>,
): AssetKey | undefined {
  const isBroken = inOrder && ownNeeds(key).some((each) => ownFailed.has(each) || failed.has(each))
  return isBroken ? assetKeys[0] : because(key)
}
