import type { AssetKey } from '../definitions/asset-key.ts'
import type { AnyAsset, Asset } from '../definitions/asset.ts'
import { AssetryError } from '../definitions/errors.ts'
import type { Metadata } from '../definitions/metadata-value.ts'
import type { StepOutcome } from './step.ts'

/** A materialization of an in-process run. */
export interface InProcessMaterialization {
  readonly assetKey: AssetKey
  readonly metadata: Metadata
  readonly dataVersion: string | undefined
  readonly tags: Readonly<Record<string, string>>
}

/** A step of an in-process run that failed. */
export interface InProcessFailure {
  readonly assetKey: AssetKey
  /** What the user's code threw, as it was thrown. */
  readonly error: unknown
}

/** What came of {@link materialize}. */
export interface MaterializeResult {
  /** Whether every asset was materialized. */
  readonly success: boolean
  readonly runId: string
  /** In the order in which they were made. */
  readonly materializations: readonly InProcessMaterialization[]
  readonly failures: readonly InProcessFailure[]
  /** Assets that were not tried because one upstream of them failed. */
  readonly skipped: readonly AssetKey[]
  /**
   * The value an asset produced; typed where the asset itself is given.
   *
   * @throws `OUTPUT_MISSING` where this run did not materialize it
   */
  outputFor<TOutput>(asset: Asset<TOutput>): TOutput
  outputFor(assetKey: AssetKey): unknown
  /** Metadata of an asset's materialization. @throws `OUTPUT_MISSING` */
  metadataFor(asset: AnyAsset | AssetKey): Metadata
}

/** What an in-process run gathers while it goes on. */
export class MaterializeRecord implements MaterializeResult {
  readonly runId: string
  readonly failures: InProcessFailure[] = []
  readonly skipped: AssetKey[] = []
  readonly #outcomes = new Map<AssetKey, StepOutcome>()
  readonly #skippedBecause = new Map<AssetKey, AssetKey>()

  constructor(runId: string) {
    this.runId = runId
  }

  get success(): boolean {
    return this.failures.length === 0
  }

  get materializations(): readonly InProcessMaterialization[] {
    return [...this.#outcomes].map(([assetKey, { metadata, dataVersion, tags }]) => ({ assetKey, metadata, dataVersion, tags }))
  }

  succeeded(assetKey: AssetKey, outcome: StepOutcome): void {
    this.#outcomes.set(assetKey, outcome)
  }

  /** @param because - the asset upstream of it that failed */
  skip(assetKey: AssetKey, because: AssetKey): void {
    this.skipped.push(assetKey)
    this.#skippedBecause.set(assetKey, because)
  }

  outputFor<TOutput>(asset: Asset<TOutput>): TOutput
  outputFor(assetKey: AssetKey): unknown
  outputFor(asset: AnyAsset | AssetKey): unknown {
    return this.#outcome(asset).value
  }

  metadataFor(asset: AnyAsset | AssetKey): Metadata {
    return this.#outcome(asset).metadata
  }

  #outcome(asset: AnyAsset | AssetKey): StepOutcome {
    const key = typeof asset === 'string' ? asset : asset.key
    const outcome = this.#outcomes.get(key)
    if (outcome !== undefined) return outcome
    throw this.#missing(key)
  }

  #missing(key: AssetKey): AssetryError {
    const because = this.#skippedBecause.get(key)
    const failure = this.failures.find(({ assetKey }) => assetKey === (because ?? key))
    const failed = failure === undefined ? 'was not materialized by this run' : 'failed in this run; the error is the cause of this one'
    const what = because === undefined ? failed : `was skipped because "${because}" failed; the error is the cause of this one`
    const made = [...this.#outcomes.keys()].join(', ') || 'none'
    return new AssetryError('OUTPUT_MISSING', `Asset "${key}" ${what}. Materialized: ${made}.`, {
      facts: { assetKey: key, ...(because !== undefined && { because }) },
      cause: failure?.error,
    })
  }
}
