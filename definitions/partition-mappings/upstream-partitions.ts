import { AssetryError } from '../errors.ts'
import type { Tick } from '../partitions/cadence.ts'
import { type AtTime, hasPartition, lastPartition, partitionKeys } from '../partitions/partition-keys.ts'
import { unknownPartition } from '../partitions/partition-unknown.ts'
import { isTimeSpec, type PartitionsSpec, type TimePartitionsSpec } from '../partitions/partitions-spec.ts'
import { placing } from '../partitions/partition-place.ts'
import { timePartitions } from '../partitions/time-partitions.ts'
import type {
  FunctionMappingSpec,
  IdentityMappingSpec,
  PartitionMappingFacts,
  PartitionMappingSpec,
  StaticMappingSpec,
  TimeWindowMappingSpec,
} from './partition-mapping-spec.ts'
import { neededStretch, overlapping } from './window-overlap.ts'

/** A partition that needs others, and what the partitions of both assets are. */
export interface DownstreamPartition {
  /** Undefined where the asset has no partitions. */
  readonly key: string | undefined
  /** The partitions of the asset that needs the others; undefined where it has none. */
  readonly own: PartitionsSpec | undefined
  readonly upstream: PartitionsSpec
}

/** The upstream partitions that are needed. */
export interface UpstreamPartitions {
  /** Those that exist, in their order. */
  readonly keys: readonly string[]
  /** Those that are needed and don't exist, in their order. */
  readonly missing: readonly string[]
}

/**
 * Which upstream partitions a partition needs. Windows of time are computed in time proportional to how many those are.
 *
 * @throws `PARTITION_UNKNOWN` for a key that no time makes a partition, `PARTITION_MAPPING_INVALID` where the mapping doesn't
 * fit the partitions, is a function that isn't there, or one that gives no keys
 */
export function upstreamPartitions(mapping: PartitionMappingSpec, needing: DownstreamPartition, at: AtTime): UpstreamPartitions {
  const { key, own, upstream } = needing
  if (mapping.kind === 'all') return { keys: [...partitionKeys(upstream, at)], missing: [] }
  if (mapping.kind === 'last') return { keys: listed(lastPartition(upstream, at)), missing: [] }
  if (mapping.kind === 'specific') return byExistence(upstream, mapping.keys, at)
  if (key === undefined || own === undefined) throw misfit(mapping, 'the asset has no partitions')
  if (mapping.kind === 'time-window') return windowsOf(mapping, key, bothTime(mapping, own, upstream), at)
  return byExistence(upstream, namedKeys(mapping, key, { own, upstream, ...at }), at)
}

/** Partitions of two assets that both are windows of time. */
export interface TimeSides {
  readonly own: TimePartitionsSpec
  readonly upstream: TimePartitionsSpec
}

/** @throws `PARTITION_MAPPING_INVALID` where one of them has no windows of time */
export function bothTime(mapping: PartitionMappingSpec, own: PartitionsSpec, upstream: PartitionsSpec): TimeSides {
  if (isTimeSpec(own) && isTimeSpec(upstream)) return { own, upstream }
  throw misfit(mapping, 'one of the two assets has no windows of time')
}

/** The start of a window of the definition, be it over or not. @throws `PARTITION_UNKNOWN` */
export function definedTick(spec: TimePartitionsSpec, key: string): Tick {
  const { tickOf, isDefined } = timePartitions(spec)
  const tick = tickOf(key)
  if (tick === undefined || !isDefined(tick)) throw unknownPartition(spec, key)
  return tick
}

function windowsOf(mapping: TimeWindowMappingSpec, key: string, sides: TimeSides, at: AtTime): UpstreamPartitions {
  const [own, upstream] = [timePartitions(sides.own), timePartitions(sides.upstream)]
  const tick = definedTick(sides.own, key)
  const { first, end } = upstream.bounds(at.now.getTime())
  const keys: string[] = []
  const missing: string[] = []
  for (const each of overlapping(upstream, neededStretch(own, mapping, tick, tick))) {
    const exists = each.instant >= first.instant && each.instant < end
    if (exists || !mapping.allowNonexistent) (exists ? keys : missing).push(upstream.keyOf(each))
  }
  return { keys, missing }
}

function namedKeys(
  mapping: IdentityMappingSpec | StaticMappingSpec | FunctionMappingSpec,
  key: string,
  facts: PartitionMappingFacts,
): readonly string[] {
  switch (mapping.kind) {
    case 'identity':
      return [key]
    case 'static':
      return Object.entries(mapping.downstreamKeys).flatMap(([up, down]) => (down.includes(key) ? [up] : []))
    case 'function':
      return keysBy(mapping, key, facts)
  }
}

function keysBy(mapping: FunctionMappingSpec, key: string, facts: PartitionMappingFacts): readonly string[] {
  if (mapping.upstream === undefined) throw misfit(mapping, 'it is a function, which only the code of the project has')
  const given: unknown = mapping.upstream(key, facts)
  if (Array.isArray(given) && given.every((each) => typeof each === 'string')) return given
  throw misfit(mapping, `its function gave ${JSON.stringify(given)} for "${key}", which is no list of partition keys`)
}

/** Keys in their order, each once, apart by whether they exist. */
function byExistence(spec: PartitionsSpec, keys: readonly string[], at: AtTime): UpstreamPartitions {
  const once = inOrder(spec, [...new Set(keys)], at)
  return { keys: once.filter((key) => hasPartition(spec, key, at)), missing: once.filter((key) => !hasPartition(spec, key, at)) }
}

/** What is no key of the definition comes first. */
function inOrder(spec: PartitionsSpec, keys: readonly string[], at: AtTime): readonly string[] {
  if (keys.length < 2) return keys
  const placeOf = placing(spec, at)
  const placed = keys.map((key) => [placeOf(key) ?? -Infinity, key] as const)
  return placed.sort(([one], [other]) => (one === other ? 0 : one - other)).map(([, key]) => key)
}

function listed(key: string | undefined): readonly string[] {
  return key === undefined ? [] : [key]
}

function misfit({ kind }: PartitionMappingSpec, why: string): AssetryError {
  return new AssetryError('PARTITION_MAPPING_INVALID', `A partition mapping of the kind "${kind}" can't be used here: ${why}.`, {
    facts: { kind },
  })
}
