import type { AssetKey } from '../definitions/asset-key.ts'
import { downstreamPartitions } from '../definitions/partition-mappings/downstream-partitions.ts'
import type { PartitionMappingSpec } from '../definitions/partition-mappings/partition-mapping-spec.ts'
import { upstreamPartitions } from '../definitions/partition-mappings/upstream-partitions.ts'
import { upstreamRanges } from '../definitions/partition-mappings/upstream-ranges.ts'
import { type AtTime, firstPartition, lastPartition, partitionKeysBackwards } from '../definitions/partitions/partition-keys.ts'
import { type PartitionRange, partitionKeyRange } from '../definitions/partitions/partition-range.ts'
import { isTimeSpec, type PartitionsSpec, samePartitions } from '../definitions/partitions/partitions-spec.ts'
import type { AssetSnapshot } from './snapshot.ts'
import { snapshotMapping } from './snapshot-mapping.ts'

/** What an asset's partitions need of another asset. */
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

/** Gives a mapping function, which no snapshot carries. */
export type MappingFunctions = (assetKey: AssetKey, upstreamKey: AssetKey) => PartitionMappingSpec | undefined

/** What the partitions of an asset need of the assets upstream. */
export function partitionEdges(
  asset: AssetSnapshot,
  assets: ReadonlyMap<AssetKey, AssetSnapshot>,
  at: AtTime,
  functions: MappingFunctions = () => undefined,
): readonly PartitionEdge[] {
  return asset.upstreamKeys.flatMap((upstreamKey) => {
    const upstream = assets.get(upstreamKey)
    if (upstream === undefined) return []
    const mapping = snapshotMapping(asset, upstream)
    if (mapping === 'whole' || !upstream.partitions) return [edgeOfWhole(asset, upstreamKey)]
    const known = mapping.kind === 'function' ? (functions(asset.key, upstreamKey) ?? mapping) : mapping
    return [mappedEdge({ upstreamKey, own: asset.partitions, upstream: upstream.partitions, mapping: known }, at)]
  })
}

/** Every partition needs an asset without partitions as it is. */
function edgeOfWhole({ partitions }: AssetSnapshot, upstreamKey: AssetKey): PartitionEdge {
  return { upstreamKey, isIdentity: !partitions, needed: () => [whole], dependents: (range) => [range] }
}

interface MappedEdge {
  readonly upstreamKey: AssetKey
  readonly own: PartitionsSpec | null
  readonly upstream: PartitionsSpec
  readonly mapping: PartitionMappingSpec
}

function mappedEdge(edge: MappedEdge, at: AtTime): PartitionEdge {
  const { upstreamKey, own, upstream, mapping } = edge
  if (own === null) return { upstreamKey, isIdentity: false, needed: () => neededByWhole(upstream, mapping, at), dependents: () => [whole] }
  return {
    upstreamKey,
    isIdentity: mapping.kind === 'identity' && samePartitions(own, upstream),
    needed: (range) => upstreamRanges(mapping, { ...range, own, upstream }, at),
    dependents: (range) => dependentRanges({ own, upstream, mapping }, range, at),
  }
}

/** What an asset without partitions needs of one that has some. */
function neededByWhole(upstream: PartitionsSpec, mapping: PartitionMappingSpec, at: AtTime): readonly PartitionRange[] {
  if (mapping.kind === 'all') return allOf(upstream, at)
  return upstreamPartitions(mapping, { key: undefined, own: undefined, upstream }, at).keys.map((key) => ({ from: key, to: key }))
}

/** Every partition that exists, as a range; none where none does. */
export function allOf(spec: PartitionsSpec, at: AtTime): readonly PartitionRange[] {
  const [from, to] = [firstPartition(spec, at), lastPartition(spec, at)]
  return from === undefined || to === undefined ? [] : [{ from, to }]
}

function dependentRanges(
  { own, upstream, mapping }: Omit<MappedEdge, 'upstreamKey' | 'own'> & { readonly own: PartitionsSpec },
  range: PartitionRange,
  at: AtTime,
): readonly PartitionRange[] {
  if (mapping.kind === 'identity' && samePartitions(own, upstream)) return [range]
  if (mapping.kind === 'all') return allOf(own, at)
  const dependentsOf = (key: string): readonly string[] => downstreamPartitions(mapping, { key, own, upstream }, at)
  const forwards = partitionKeyRange(upstream, range, at)
  const hasGaps = isTimeSpec(upstream) && upstream.exclusions.length > 0
  if (mapping.kind !== 'time-window' || hasGaps) return single(new Set([...forwards].flatMap(dependentsOf)))
  // Windows that follow each other without a gap are needed by windows that do: the ends say all.
  const first = firstSome(forwards, dependentsOf)?.[0]
  const last = firstSome(backwards(upstream, range, at), dependentsOf)?.at(-1)
  return first === undefined || last === undefined ? [] : [{ from: first, to: last }]
}

function* backwards(spec: PartitionsSpec, { from, to }: PartitionRange, at: AtTime): Generator<string> {
  for (const key of partitionKeysBackwards(spec, at, to)) {
    yield key
    if (key === from) return
  }
}

function firstSome(keys: Iterable<string>, give: (key: string) => readonly string[]): readonly string[] | undefined {
  for (const key of keys) {
    const given = give(key)
    if (given.length > 0) return given
  }
  return undefined
}

function single(keys: Iterable<string>): readonly PartitionRange[] {
  return Array.from(keys, (key) => ({ from: key, to: key }))
}
