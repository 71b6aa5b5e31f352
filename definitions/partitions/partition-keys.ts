import type { Tick } from './cadence.ts'
import type { PartitionsSpec, StaticPartitionsSpec, TimePartitionsSpec } from './partitions-spec.ts'
import { timePartitions } from './time-partitions.ts'

/** The time that a question about partitions is asked at: windows that aren't over then don't exist. */
export interface AtTime {
  readonly now: Date
}

/** The keys of the partitions that exist, in order; made one by one, however many there are. */
export function* partitionKeys(spec: PartitionsSpec, at: AtTime): Generator<string> {
  if (spec.kind === 'static') return yield* spec.keys
  const { keyOf } = timePartitions(spec)
  for (const tick of existing(spec, at)) yield keyOf(tick)
}

/** The keys of the partitions that exist, the newest first; made one by one. @param from - the first of them, where it exists */
export function* partitionKeysBackwards(spec: PartitionsSpec, at: AtTime, from?: string): Generator<string> {
  if (spec.kind === 'static') return yield* backwards(spec.keys, from)
  const { cadence, keyOf, isExcluded, bounds } = timePartitions(spec)
  const { first, end } = bounds(at.now.getTime())
  if (end <= first.instant) return
  const begun = from === undefined ? undefined : existingTick(spec, from, at)
  for (let tick = begun ?? cadence.floor(end - 1); tick.instant >= first.instant; tick = cadence.floor(tick.instant - 1))
    if (!isExcluded(tick)) yield keyOf(tick)
}

/** How many partitions exist. Exclusions by cron expression, and cron partitions, are counted one by one. */
export function partitionCount(spec: PartitionsSpec, at: AtTime): number {
  if (spec.kind === 'static') return spec.keys.length
  const { cadence, bounds } = timePartitions(spec)
  if (spec.exclusions.length > 0) return counted(existing(spec, at))
  const { first, end } = bounds(at.now.getTime())
  return end <= first.instant ? 0 : cadence.count(first, end)
}

/** Whether a partition with that key exists. */
export function hasPartition(spec: PartitionsSpec, key: string, at: AtTime): boolean {
  if (spec.kind === 'static') return keySet(spec).has(key)
  return existingTick(spec, key, at) !== undefined
}

/** The key of the first partition that exists; undefined where none does. */
export function firstPartition(spec: PartitionsSpec, at: AtTime): string | undefined {
  const [first] = partitionKeys(spec, at)
  return first
}

/** The key of the newest partition that exists, of static ones the last; undefined where none does. */
export function lastPartition(spec: PartitionsSpec, at: AtTime): string | undefined {
  const [last] = partitionKeysBackwards(spec, at)
  return last
}

function* existing(spec: TimePartitionsSpec, { now }: AtTime): Generator<Tick> {
  const { cadence, bounds, isExcluded } = timePartitions(spec)
  const { first, end } = bounds(now.getTime())
  if (end <= first.instant) return
  for (const tick of cadence.ticks(first, end)) if (!isExcluded(tick)) yield tick
}

/** The start of an existing window, by its key. */
export function existingTick(spec: TimePartitionsSpec, key: string, { now }: AtTime): Tick | undefined {
  const { tickOf, isDefined, bounds } = timePartitions(spec)
  const tick = tickOf(key)
  return tick !== undefined && isDefined(tick) && tick.instant < bounds(now.getTime()).end ? tick : undefined
}

function backwards(keys: readonly string[], from: string | undefined): readonly string[] {
  const place = from === undefined ? -1 : keys.indexOf(from)
  return (place < 0 ? keys : keys.slice(0, place + 1)).toReversed()
}

function counted(ticks: Iterable<Tick>): number {
  let count = 0
  for (const _tick of ticks) count += 1
  return count
}

const keySets = new WeakMap<StaticPartitionsSpec, ReadonlySet<string>>()

/** The keys of static partitions. */
export function keySet(spec: StaticPartitionsSpec): ReadonlySet<string> {
  const known = keySets.get(spec) ?? new Set(spec.keys)
  keySets.set(spec, known)
  return known
}
