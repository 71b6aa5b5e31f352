import type { AssetKey } from '../definitions/asset-key.ts'
import { AssetryError, isAssetryError } from '../definitions/errors.ts'
import type { SecretMask } from '../execution/secret-mask.ts'
import type { StepOutcome } from '../execution/step-outcome.ts'
import type { PartitionFailure } from '../metadata/stores/backfill-store.ts'
import type { PartitionsRecording } from '../metadata/stores/step-store.ts'
import { PartitionRecorder } from './partition-recorder.ts'
import { recordedError } from './recorded-error.ts'
import { stepRecording } from './step-recording.ts'

/** What is needed to record what comes of a step's partitions. */
export interface PartitionResultsOptions {
  /** The assets that the step makes. */
  readonly assetKeys: readonly AssetKey[]
  readonly secrets: SecretMask
  readonly record: (recording: PartitionsRecording) => Promise<void>
  /** Told of each partition that is done. */
  readonly onDone: (count: number) => void
}

/** What comes of the partitions of a step, each recorded by itself. */
export class PartitionResults {
  readonly #options: PartitionResultsOptions
  readonly #recorder: PartitionRecorder
  readonly #failedKeys = new Set<string>()
  #done = 0

  constructor(options: PartitionResultsOptions) {
    this.#options = options
    this.#recorder = new PartitionRecorder(options.record)
  }

  /** Partitions that were not made, or whose blocking checks did not pass. */
  get failedKeys(): ReadonlySet<string> {
    return this.#failedKeys
  }

  async made(key: string, outcome: StepOutcome, durationMs: number): Promise<void> {
    const { materializations = [], checks = [], failure } = stepRecording(outcome, key, this.#options.secrets)
    if (failure !== undefined) this.#failedKeys.add(key)
    const failures = failure === undefined ? [] : this.#failures(key, { kind: 'CHECK', error: failure })
    await this.#add({ materializations: materializations.map((each) => ({ ...each, durationMs })), checks, failures })
  }

  async failed(key: string, error: unknown): Promise<void> {
    this.#failedKeys.add(key)
    await this.#add({ failures: this.#failures(key, { kind: 'FAILED', error: recordedError(error, this.#options.secrets) }) })
  }

  /** @param because - the asset on whose account it was left out */
  async skipped(key: string, because: AssetKey): Promise<void> {
    this.#failedKeys.add(key)
    await this.#add({ failures: this.#failures(key, { kind: 'SKIPPED', because }) })
  }

  /** Resolves to the value of `work` when everything is recorded. What was made is recorded also where it throws. */
  async recording<TValue>(work: () => Promise<TValue>): Promise<TValue> {
    let value: TValue
    try {
      value = await work()
    } catch (error) {
      await this.#recorder.flush().catch(() => undefined)
      throw error
    }
    await this.#recorder.flush()
    return value
  }

  async #add(recording: Partial<PartitionsRecording>): Promise<void> {
    await this.#recorder.add(recording)
    this.#done += 1
    this.#options.onDone(this.#done)
  }

  #failures(partitionKey: string, rest: Omit<PartitionFailure, 'assetKey' | 'partitionKey'>): readonly PartitionFailure[] {
    return this.#options.assetKeys.map((assetKey) => ({ assetKey, partitionKey, ...rest }))
  }
}

/** Whether an error says that this attempt may not go on, rather than that a partition failed. */
export function endsAttempt(error: unknown): boolean {
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
