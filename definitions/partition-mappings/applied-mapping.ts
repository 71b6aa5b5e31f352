import { isTimeSpec, type PartitionsSpec, samePartitions } from '../partitions/partitions-spec.ts'
import type { PartitionMappingSpec } from './partition-mapping-spec.ts'

/** What is known of an asset and one that it needs. */
export interface MappedAssets {
  readonly own: PartitionsSpec | undefined
  readonly upstream: PartitionsSpec | undefined
  /** The mapping that was declared. */
  readonly declared: PartitionMappingSpec | undefined
  /** Whether the upstream asset's value is loaded; else it only comes first. */
  readonly loaded: boolean
}

/**
 * Which mapping applies between two assets: the declared one, else what follows from their partitions. `'whole'` where
 * the upstream asset has none; undefined where nothing says which partitions belong together.
 */
export function appliedMapping({ own, upstream, declared, loaded }: MappedAssets): PartitionMappingSpec | 'whole' | undefined {
  if (upstream === undefined) return 'whole'
  if (declared !== undefined) return declared
  if (own !== undefined && samePartitions(own, upstream)) return { kind: 'identity' }
  return loaded ? undefined : mappingOfOrder(own, upstream)
}

/** What is not loaded can be said without asking: a guess that is wrong changes no data. */
function mappingOfOrder(own: PartitionsSpec | undefined, upstream: PartitionsSpec): PartitionMappingSpec | undefined {
  if (own === undefined) return { kind: 'all' }
  const zones = [own, upstream].map((spec) => (isTimeSpec(spec) ? spec.timezone : undefined))
  const isSameZone = zones[0] !== undefined && zones[0] === zones[1]
  return isSameZone ? { kind: 'time-window', startOffset: 0, endOffset: 0, allowNonexistent: false } : undefined
}
