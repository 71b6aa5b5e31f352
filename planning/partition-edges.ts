import type { AssetKey } from '../definitions/asset-key.ts'
import type { AtTime } from '../definitions/partitions/partition-keys.ts'
import type { PartitionRange } from '../definitions/partitions/partition-range.ts'
import { type PartitionsSpec, samePartitions } from '../definitions/partitions/partitions-spec.ts'
import type { AssetSnapshot } from './snapshot.ts'

/** What an asset's partitions need of another asset, or of itself. */
export interface PartitionEdge {
  readonly upstreamKey: AssetKey
  /** Whether each partition needs just the same one. */
  readonly isIdentity: boolean
  /** Ranges that the partitions from one to another need. Of an asset without partitions {@link whole}. */
  readonly needed: (range: PartitionRange) => readonly PartitionRange[]
  /** Ranges that need partitions from one to another. */
  readonly dependents: (range: PartitionRange) => readonly PartitionRange[]
}

/** An asset without partitions, in the place of a range. */
export const whole: PartitionRange = { from: '', to: '' }

/** What the partitions of an asset need of the assets upstream. */
export function partitionEdges(asset: AssetSnapshot, assets: ReadonlyMap<AssetKey, AssetSnapshot>, at: AtTime): readonly PartitionEdge[] {
  return asset.upstreamKeys.flatMap((upstreamKey) => {
    const upstream = assets.get(upstreamKey)
    return upstream === undefined ? [] : [edgeBetween(asset.partitions, upstreamKey, upstream.partitions, at)]
  })
}

function edgeBetween(own: PartitionsSpec | null, upstreamKey: AssetKey, upstream: PartitionsSpec | null, _at: AtTime): PartitionEdge {
  if (upstream === null) return { upstreamKey, isIdentity: own === null, needed: () => [whole], dependents: (range) => [range] }
  if (own !== null && samePartitions(own, upstream)) {
    return { upstreamKey, isIdentity: true, needed: (range) => [range], dependents: (range) => [range] }
  }
  return { upstreamKey, isIdentity: false, needed: (range) => [range], dependents: (range) => [range] }
}
