import { AssetryError } from '../errors.ts'
import type { Tick } from './cadence.ts'
import { type AtTime, existingTick } from './partition-keys.ts'
import { requirePartition } from './partition-unknown.ts'
import type { PartitionsSpec, StaticPartitionsSpec, TimePartitionsSpec } from './partitions-spec.ts'
import { timePartitions } from './time-partitions.ts'

/** A stretch of partitions in the order of the definition, both ends included. */
export interface PartitionRange {
  readonly from: string
  readonly to: string
}

/**
 * The keys from one to another, both included, in the order of the definition; made one by one.
 *
 * @param range - both ends, or a text such as `2026-01-01...2026-01-31`
 * @throws `PARTITION_UNKNOWN` where an end doesn't exist, or the second stands before the first
 */
export function partitionKeyRange(spec: PartitionsSpec, range: PartitionRange | string, at: AtTime): Iterable<string> {
  const { from, to } = typeof range === 'string' ? parsedRange(range) : range
  requirePartition(spec, from, at)
  requirePartition(spec, to, at)
  if (spec.kind === 'static') return between(spec, from, to)
  const [first, last] = [from, to].map((key) => existingTick(spec, key, at)) as [Tick, Tick]
  if (last.instant < first.instant) throw turnedAround(from, to)
  return ticksBetween(spec, first, last)
}

/** The ends of a range as it is written; of a single key twice that. */
export function parsedRange(range: string): PartitionRange {
  const place = range.indexOf('...')
  return place < 0 ? { from: range, to: range } : { from: range.slice(0, place), to: range.slice(place + 3) }
}

function* ticksBetween(spec: TimePartitionsSpec, first: Tick, last: Tick): Generator<string> {
  const { cadence, keyOf, isExcluded } = timePartitions(spec)
  for (const tick of cadence.ticks(first, last.instant + 1)) if (!isExcluded(tick)) yield keyOf(tick)
}

function between({ keys }: StaticPartitionsSpec, from: string, to: string): readonly string[] {
  const [start, end] = [keys.indexOf(from), keys.indexOf(to)]
  if (end < start) throw turnedAround(from, to)
  return keys.slice(start, end + 1)
}

function turnedAround(from: string, to: string): AssetryError {
  return new AssetryError('PARTITION_UNKNOWN', `The range "${from}...${to}" is empty: "${to}" stands before "${from}". Turn it around.`, {
    facts: { from, to },
  })
}
