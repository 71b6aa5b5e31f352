import type { AnyAsset, Asset } from '../definitions/asset.ts'
import type { AssetKey } from '../definitions/asset-key.ts'
import type { Metadata } from '../definitions/metadata-value.ts'
import type { InProcessFailure, InProcessRecord, InProcessRetry } from './in-process-record.ts'
import type { EvaluatedCheck, MadeAsset, ObservedAsset } from './step-outcome.ts'

/** A materialization of an in-process run. */
export type InProcessMaterialization = Omit<MadeAsset, 'value'>

/** What came of {@link materialize}. */
export interface MaterializeResult {
  /** Whether every asset was materialized, and every blocking check passed. */
  readonly success: boolean
  readonly runId: string
  /** In the order in which they were made. */
  readonly materializations: readonly InProcessMaterialization[]
  /** What observable assets were found to be. */
  readonly observations: readonly ObservedAsset[]
  /** What checks found, in the order in which they ran. */
  readonly checks: readonly EvaluatedCheck[]
  readonly failures: readonly InProcessFailure[]
  /** Attempts that failed and were tried again. */
  readonly retries: readonly InProcessRetry[]
  /** Assets that were not tried because one upstream of them failed, or was left out by its multi-asset. */
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
  /** What the checks of an asset found. */
  checksFor(asset: AnyAsset | AssetKey): readonly EvaluatedCheck[]
}

/** What an in-process run of assets gathered, as its caller reads it. */
export function materializeResult(record: InProcessRecord): MaterializeResult {
  const { success, runId, made, observations, checks, failures, retries, skippedSteps } = record
  return {
    success,
    runId,
    materializations: made.map(({ value: _, ...materialization }) => materialization),
    observations,
    checks,
    failures,
    retries,
    skipped: [...new Set(skippedSteps.flatMap(({ assetKey, stepKey }) => (assetKey === undefined || isCheck(stepKey) ? [] : [assetKey])))],
    outputFor: (asset: AnyAsset | AssetKey) => record.madeOf(asset).value as never,
    metadataFor: (asset) => record.metadataOf(asset),
    checksFor: (asset) => checks.filter(({ assetKey }) => assetKey === (typeof asset === 'string' ? asset : asset.key)),
  }
}

/** Only the steps of checks have a colon in their key. */
function isCheck(stepKey: string): boolean {
  return stepKey.includes(':')
}
