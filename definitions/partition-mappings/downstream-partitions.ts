import { type AtTime, firstPartition, hasPartition, lastPartition, partitionKeys } from '../partitions/partition-keys.ts'
import type { PartitionsSpec } from '../partitions/partitions-spec.ts'
import { timePartitions } from '../partitions/time-partitions.ts'
import type { PartitionMappingSpec, StaticMappingSpec, TimeWindowMappingSpec } from './partition-mapping-spec.ts'
import { bothTime, definedTick, type TimeSides, upstreamPartitions } from './upstream-partitions.ts'
import { needingEnds } from './window-overlap.ts'

/** A partition that others need, and what the partitions of both assets are. */
export interface UpstreamPartition {
  readonly key: string
  /** The partitions of the asset that needs the others. */
  readonly own: PartitionsSpec
  readonly upstream: PartitionsSpec
}

/**
 * Which partitions need an upstream partition: those that exist and for which `upstreamPartitions` names it, in their
 * order. Windows of time are computed in time proportional to how many those are; of a function each partition is asked for.
 *
 * @throws `PARTITION_UNKNOWN` for a key that no time makes a partition, `PARTITION_MAPPING_INVALID`
 */
export function downstreamPartitions(mapping: PartitionMappingSpec, needed: UpstreamPartition, at: AtTime): readonly string[] {
  const { key, own, upstream } = needed
  switch (mapping.kind) {
    case 'time-window':
      return windowsNeeding(mapping, key, bothTime(mapping, own, upstream), at)
    case 'all':
      return allIf(hasPartition(upstream, key, at), own, at)
    case 'last':
      return allIf(lastPartition(upstream, at) === key, own, at)
    case 'specific':
      return allIf(mapping.keys.includes(key) && hasPartition(upstream, key, at), own, at)
    case 'identity':
      return hasPartition(upstream, key, at) && hasPartition(own, key, at) ? [key] : []
    case 'static':
      return hasPartition(upstream, key, at) ? keysNamedBy(mapping, key, own, at) : []
    case 'function':
      return [...partitionKeys(own, at)].filter((each) => upstreamPartitions(mapping, { key: each, own, upstream }, at).keys.includes(key))
  }
}

function windowsNeeding(mapping: TimeWindowMappingSpec, key: string, sides: TimeSides, at: AtTime): readonly string[] {
  const { start, end } = timePartitions(sides.upstream).windowOf(definedTick(sides.upstream, key))
  // Where no window exists that is not excluded, there may be none at all, and shifting would look for one for ever.
  if (!hasPartition(sides.upstream, key, at) || firstPartition(sides.own, at) === undefined) return []
  const { cadence, bounds, isExcluded, keyOf } = timePartitions(sides.own)
  const own = bounds(at.now.getTime())
  const needing = needingEnds(timePartitions(sides.own), mapping, { start: start.getTime(), end: end.getTime() })
  const first = needing.first.instant < own.first.instant ? own.first : needing.first
  const before = Math.min(needing.last.instant + 1, own.end)
  if (before <= first.instant) return []
  return [...cadence.ticks(first, before)].filter((tick) => !isExcluded(tick)).map(keyOf)
}

function allIf(isNeeded: boolean, own: PartitionsSpec, at: AtTime): readonly string[] {
  return isNeeded ? [...partitionKeys(own, at)] : []
}

function keysNamedBy({ downstreamKeys }: StaticMappingSpec, key: string, own: PartitionsSpec, at: AtTime): readonly string[] {
  const named = new Set(Object.hasOwn(downstreamKeys, key) ? downstreamKeys[key] : [])
  return named.size === 0 ? [] : [...partitionKeys(own, at)].filter((each) => named.has(each))
}
