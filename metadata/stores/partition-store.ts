import type { AssetKey } from '../../definitions/asset-key.ts'
import type { AssetStatus } from './materialization-store.ts'

/** How many partitions of an asset stand how, as far as they are known. */
export interface PartitionCounts {
  readonly materialized: number
  readonly failed: number
  readonly observed: number
}

/** What is known of the partitions of an asset. */
export interface PartitionStore {
  /** Latest status of these partitions, null for the asset as a whole; those that nothing is known of are not in it. */
  statuses(assetKey: AssetKey, partitionKeys: readonly (string | null)[]): Promise<readonly AssetStatus[]>
  /** Data version of the newest materialization or observation of each of these partitions; those that have none are left out. */
  dataVersions(assetKey: AssetKey, partitionKeys: readonly string[]): Promise<ReadonlyMap<string, string>>
  /**
   * How many partitions of the asset stand how; also such as its definition no longer has.
   *
   * @param dynamicName - only those whose keys these dynamic partitions have now
   */
  counts(assetKey: AssetKey, dynamicName?: string): Promise<PartitionCounts>
  /** Of how many partitions the newest step failed, by asset; those that have none are left out. Also such as their definitions no longer have. */
  failed(assetKeys: readonly AssetKey[]): Promise<ReadonlyMap<AssetKey, number>>
  /** Steps that are at work on partitions of the asset now. */
  inProgress(assetKey: AssetKey): Promise<readonly StepOfPartitions[]>
}

/** A step that is at work on partitions. */
export interface StepOfPartitions {
  readonly runId: string
  /** Ranges of partitions. */
  readonly partitions: readonly string[]
  /** How many of them it has a record of. */
  readonly recorded: number
}
