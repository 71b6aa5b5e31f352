import type { AnyAsset } from '../definitions/asset.ts'
import type { AssetKey } from '../definitions/asset-key.ts'
import type { Definitions } from '../definitions/definitions.ts'
import { appliedMapping } from '../definitions/partition-mappings/applied-mapping.ts'
import type { PartitionMappingSpec } from '../definitions/partition-mappings/partition-mapping-spec.ts'
import type { AssetSnapshot } from './snapshot.ts'
import { sortedByName } from './sorted-by-name.ts'

/** What a snapshot says of how the partitions of an asset belong to those of others; nothing where keys are the same. */
export function mappingSnapshots(definitions: Definitions, asset: AnyAsset): Pick<AssetSnapshot, 'partitionMappings' | 'selfMapping'> {
  const specs = new Map(definitions.assets.map(({ key, partitions }) => [key, partitions?.spec]))
  const loaded = new Set(Object.values(asset.inputs).map((input) => input.asset.key))
  const mappings = asset.upstreamKeys.flatMap((key): (readonly [AssetKey, PartitionMappingSpec])[] => {
    const declared = asset.partitionMappings[key]?.spec
    const mapping = appliedMapping({ own: asset.partitions?.spec, upstream: specs.get(key), declared, loaded: loaded.has(key) })
    if (mapping === undefined || mapping === 'whole' || mapping.kind === 'identity') return []
    return [[key, mapping.kind === 'function' ? { kind: 'function' } : mapping]]
  })
  return {
    ...(mappings.length > 0 && { partitionMappings: sortedByName(Object.fromEntries(mappings)) }),
    ...(asset.selfMapping && { selfMapping: asset.selfMapping }),
  }
}
