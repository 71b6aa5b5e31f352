import type { Tick } from '../partitions/cadence.ts'
import { type AtTime, firstPartition, lastPartition } from '../partitions/partition-keys.ts'
import { partitionKeyRange, type PartitionRange } from '../partitions/partition-range.ts'
import { type PartitionsSpec, samePartitions } from '../partitions/partitions-spec.ts'
import { type TimePartitions, timePartitions } from '../partitions/time-partitions.ts'
import type { PartitionMappingSpec, TimeWindowMappingSpec } from './partition-mapping-spec.ts'
import { bothTime, definedTick, type TimeSides, upstreamPartitions } from './upstream-partitions.ts'
import { joined, neededStretch, overlappingEnds, type Stretch } from './window-overlap.ts'

/** Partitions from one to another that need others, and what the partitions of both assets are. */
export interface DownstreamRange extends PartitionRange {
  /** The partitions of the asset that needs the others. */
  readonly own: PartitionsSpec
  readonly upstream: PartitionsSpec
}

/**
 * The existing upstream partitions that any of a range of partitions needs, as ranges in their order. Of the same
 * partitions and of windows of time that is one at most, computed from the ends alone; where the asset's own windows have
 * exclusions, one for each stretch without a gap. Of every other mapping it is one a key.
 *
 * @throws what `upstreamPartitions` throws, and for `identity` between different partitions what `partitionKeyRange` does
 */
export function upstreamRanges(mapping: PartitionMappingSpec, range: DownstreamRange, at: AtTime): readonly PartitionRange[] {
  const { from, to, own, upstream } = range
  switch (mapping.kind) {
    case 'time-window':
      return windowRanges(mapping, { from, to }, bothTime(mapping, own, upstream), at)
    case 'all':
      return between(firstPartition(upstream, at), lastPartition(upstream, at))
    case 'last':
      return between(lastPartition(upstream, at), lastPartition(upstream, at))
    case 'identity':
      return samePartitions(own, upstream) ? [{ from, to }] : keyRanges(mapping, range, at)
    case 'static':
    case 'specific':
    case 'function':
      return keyRanges(mapping, range, at)
  }
}

function windowRanges(
  mapping: TimeWindowMappingSpec,
  { from, to }: PartitionRange,
  sides: TimeSides,
  at: AtTime,
): readonly PartitionRange[] {
  const [own, upstream] = [timePartitions(sides.own), timePartitions(sides.upstream)]
  const [first, last] = [definedTick(sides.own, from), definedTick(sides.own, to)]
  const bounds = upstream.bounds(at.now.getTime())
  const gapless = sides.own.exclusions.length === 0
  const stretches = gapless ? [neededStretch(own, mapping, first, last)] : eachStretch(own, mapping, first, last)
  return joined(
    upstream,
    Array.from(stretches, (stretch) => overlappingEnds(upstream, bounds, stretch)).filter((each) => each !== undefined),
  )
}

function* eachStretch(own: TimePartitions, mapping: TimeWindowMappingSpec, first: Tick, last: Tick): Generator<Stretch> {
  for (const tick of own.cadence.ticks(first, last.instant + 1)) if (!own.isExcluded(tick)) yield neededStretch(own, mapping, tick, tick)
}

function keyRanges(mapping: PartitionMappingSpec, { from, to, own, upstream }: DownstreamRange, at: AtTime): readonly PartitionRange[] {
  const needed = new Set<string>()
  for (const key of partitionKeyRange(own, { from, to }, at))
    for (const each of upstreamPartitions(mapping, { key, own, upstream }, at).keys) needed.add(each)
  const { keys } = upstreamPartitions({ kind: 'specific', keys: [...needed] }, { key: undefined, own: undefined, upstream }, at)
  return keys.map((key) => ({ from: key, to: key }))
}

function between(from: string | undefined, to: string | undefined): readonly PartitionRange[] {
  return from === undefined || to === undefined ? [] : [{ from, to }]
}
