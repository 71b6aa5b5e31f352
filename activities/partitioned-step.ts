import { setTimeout as wait } from 'node:timers/promises'
import type { AssetKey } from '../definitions/asset-key.ts'
import { AssetryError, isAssetryError } from '../definitions/errors.ts'
import type { SecretMask } from '../execution/secret-mask.ts'
import { runStep } from '../execution/step.ts'
import type { StepHost } from '../execution/step-host.ts'
import type { StepOutcome } from '../execution/step-outcome.ts'
import type { StepWork } from '../execution/step-work.ts'
import { retryInMs } from '../execution/user-code-boundary.ts'
import type { PartitionFailure } from '../metadata/stores/backfill-store.ts'
import type { PartitionsRecording } from '../metadata/stores/step-store.ts'
import { PartitionRecorder } from './partition-recorder.ts'
import { recordedError } from './recorded-error.ts'
import { stepRecording } from './step-recording.ts'

/** What a step of many partitions is done with. */
export interface PartitionedStepOptions {
  readonly work: StepWork
  /** Those to make, in order. */
  readonly keys: readonly string[]
  /** The assets that it makes. */
  readonly assetKeys: readonly AssetKey[]
  /** The asset on whose account a partition is left out, if any. */
  readonly because: (key: string) => AssetKey | undefined
  /** Whether a partition comes after the tries of those before it. */
  readonly inOrder: boolean
  /** Partitions of the same asset that a partition needs. */
  readonly ownNeeds: (key: string) => readonly string[]
  /** Those of them that were not made before this step. */
  readonly ownFailed: ReadonlySet<string>
  readonly hostOf: (key: string) => StepHost
  readonly secrets: SecretMask
  readonly signal: AbortSignal
  readonly record: (recording: PartitionsRecording) => Promise<void>
  /** Told of each partition that is done. */
  readonly onDone: (count: number) => void
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
  readonly #recorder: PartitionRecorder
  readonly #retries: Retry[] = []
  #failed = 0
  #done = 0
  readonly #failedKeys = new Set<string>()

  constructor(options: PartitionedStepOptions) {
    this.#options = options
    this.#recorder = new PartitionRecorder(options.record)
  }

  /** Resolves to the number of partitions that were not made, when everything is recorded. Throws what ends the attempt. */
  async toItsEnd(): Promise<number> {
    try {
      for (const key of this.#options.keys) await this.#first(key)
      await this.#retriesToTheirEnd()
    } catch (error) {
      // What was made is made: it is recorded before this attempt is given up.
      await this.#recorder.flush().catch(() => undefined)
      throw error
    }
    await this.#recorder.flush()
    return this.#failed
  }

  async #first(key: string): Promise<void> {
    const { because, assetKeys, inOrder, ownNeeds, ownFailed } = this.#options
    const isBroken = inOrder && ownNeeds(key).some((each) => ownFailed.has(each) || this.#failedKeys.has(each))
    const cause = isBroken ? assetKeys[0] : because(key)
    if (cause !== undefined) return this.#skipped(key, cause)
    await this.#attempt(key, 0)
    if (inOrder) await this.#retriesToTheirEnd()
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
      const outcome = await runStep(hostOf(key), work)
      await this.#made(key, outcome, performance.now() - begun)
    } catch (error) {
      if (signal.aborted || endsAttempt(error)) throw error
      await this.#wentWrong(key, error, failures + 1)
    }
  }

  async #made(key: string, outcome: StepOutcome, durationMs: number): Promise<void> {
    const { secrets, assetKeys } = this.#options
    const { materializations = [], checks = [], failure } = stepRecording(outcome, key, secrets)
    const failures: readonly PartitionFailure[] =
      failure === undefined ? [] : assetKeys.map((assetKey) => ({ assetKey, partitionKey: key, kind: 'CHECK', error: failure }))
    if (failure !== undefined) this.#fail(key)
    await this.#recorder.add({ materializations: materializations.map((each) => ({ ...each, durationMs })), checks, failures })
    this.#countDone()
  }

  async #wentWrong(key: string, error: unknown, failures: number): Promise<void> {
    const { work, secrets, assetKeys } = this.#options
    const delay = retryInMs(error, work.computation.retries, failures, Math.random())
    if (delay !== null) {
      this.#retries.push({ key, failures, at: performance.now() + delay })
      return
    }
    this.#fail(key)
    const recorded = recordedError(error, secrets)
    await this.#recorder.add({ failures: assetKeys.map((assetKey) => ({ assetKey, partitionKey: key, kind: 'FAILED', error: recorded })) })
    this.#countDone()
  }

  async #skipped(key: string, because: AssetKey): Promise<void> {
    this.#fail(key)
    await this.#recorder.add({
      failures: this.#options.assetKeys.map((assetKey) => ({ assetKey, partitionKey: key, kind: 'SKIPPED', because })),
    })
    this.#countDone()
  }

  #fail(key: string): void {
    this.#failed += 1
    this.#failedKeys.add(key)
  }

  #countDone(): void {
    this.#done += 1
    this.#options.onDone(this.#done)
  }
}

/** Whether an error says that this attempt may not go on, rather than that a partition failed. */
function endsAttempt(error: unknown): boolean {
  return isAssetryError(error) && (error.code === 'STEP_FENCED' || error.code === 'STORE_UNREACHABLE')
}

/** How a step ends of which some partitions were not made. */
export function partitionsFailed(stepKey: string, failed: number, all: number): AssetryError {
  return new AssetryError(
    'PARTITIONS_FAILED',
    `${failed} of ${all} partitions of step "${stepKey}" were not made. Each has an entry of its own that says why.`,
    { facts: { stepKey, failed, all } },
  )
}
