import type { PartitionMappingSpec } from '../definitions/partition-mappings/partition-mapping-spec.ts'
import type { AssetSnapshot } from './snapshot.ts'

/** Which partitions of an upstream asset an asset needs, as snapshots say it; `'whole'` where the upstream asset has none. */
export function snapshotMapping(
  { partitionMappings }: Pick<AssetSnapshot, 'partitionMappings'>,
  upstream: Pick<AssetSnapshot, 'key' | 'partitions'>,
): PartitionMappingSpec | 'whole' {
  // A snapshot of before there were partitions has no such field.
  if (!upstream.partitions) return 'whole'
  return partitionMappings?.[upstream.key] ?? { kind: 'identity' }
}
