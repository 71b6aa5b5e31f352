import type { AssetKey } from './asset-key.ts'
import type { StepContext } from './step-context.ts'

/** The second parameter of `materialize`. */
export interface AssetContext<TConfig = unknown, TResources = Readonly<Record<string, unknown>>> extends StepContext<TConfig, TResources> {
  readonly assetKey: AssetKey
  /**
   * The partition this call is for.
   *
   * @throws `NOT_PARTITIONED` in a run without partitions
   */
  readonly partitionKey: string
  /** The partitions this call is for; empty in a run without partitions. */
  readonly partitionKeys: readonly string[]
}
