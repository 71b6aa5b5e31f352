import type { AssetKey } from './asset-key.ts'
import type { Metadata } from './metadata-value.ts'
import type { StepContext } from './step-context.ts'

/** The newest materialization or observation of an asset, as far as a check may want to know it. */
export interface LatestRecord {
  readonly time: Date
  readonly metadata: Metadata
  readonly dataVersion: string | undefined
}

/** The second parameter of a check's function. Metadata that is added goes with the evaluation. */
export interface CheckContext<TConfig = unknown, TResources = Readonly<Record<string, unknown>>> extends StepContext<TConfig, TResources> {
  /** The asset that is checked. */
  readonly assetKey: AssetKey
  readonly checkName: string
  /** When the check began. Ask here rather than `new Date()`, so that a test can say what time it is. */
  readonly now: Date
  /** The newest materialization of the asset, that of this run included; undefined where there never was one. */
  readonly latestMaterialization: LatestRecord | undefined
  /** The newest observation of the asset; undefined where there never was one. */
  readonly latestObservation: LatestRecord | undefined
  /** When the asset's data version became the one it has; the same version again doesn't change it. Undefined where it has none. */
  readonly dataVersionAt: Date | undefined
}
