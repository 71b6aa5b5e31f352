import { type AtTime, lastPartition } from '../definitions/partitions/partition-keys.ts'
import { placing } from '../definitions/partitions/partition-place.ts'
import { type PartitionRange, parsedRange, partitionKeyRange } from '../definitions/partitions/partition-range.ts'
import { isTimeSpec, type PartitionsSpec } from '../definitions/partitions/partitions-spec.ts'
import { timePartitions } from '../definitions/partitions/time-partitions.ts'
import { mergedBoxes } from './merged-boxes.ts'

/** Where the partitions of a definition stand among each other. */
export interface PartitionOrder {
  /** Greater for a partition that comes later; its time, or its position. */
  readonly placeOf: (key: string) => number
  /** Whether two ranges have a partition in common; of several dimensions, whether they may: what stands between the ends counts too. */
  readonly overlap: (one: PartitionRange, other: PartitionRange) => boolean
  /** The same partitions in as few ranges as may be, in order, each once. */
  readonly merged: (ranges: readonly PartitionRange[]) => readonly PartitionRange[]
  /** How many partitions a range has. */
  readonly count: (range: PartitionRange) => number
}

/** The order of a definition's partitions. @param at - decides which of them exist */
export function partitionOrder(spec: PartitionsSpec, at: AtTime): PartitionOrder {
  const place = placing(spec, at)
  const placeOf = (key: string): number => place(key) ?? Number.NaN
  const isNext = followed(spec, placeOf, at)
  const merged = (ranges: readonly PartitionRange[]): readonly PartitionRange[] => {
    const sorted = ranges.toSorted((one, other) => placeOf(one.from) - placeOf(other.from))
    const result: PartitionRange[] = []
    for (const range of sorted) {
      const last = result.at(-1)
      const touches = last !== undefined && (placeOf(range.from) <= placeOf(last.to) || isNext(last.to, range.from))
      if (!touches) result.push(range)
      else if (placeOf(range.to) > placeOf(last.to)) result[result.length - 1] = { from: last.from, to: range.to }
    }
    return result
  }
  return {
    placeOf,
    merged: spec.kind === 'multi' ? (ranges) => mergedBoxes(spec, ranges, at) : merged,
    overlap: (one, other) => placeOf(one.from) <= placeOf(other.to) && placeOf(other.from) <= placeOf(one.to),
    count: (range) => rangeCount(spec, range, at),
  }
}

/** Whether a partition follows another one directly. */
function followed(spec: PartitionsSpec, placeOf: (key: string) => number, at: AtTime): (key: string, next: string) => boolean {
  if (!isTimeSpec(spec)) return (key, next) => placeOf(key) + 1 === placeOf(next)
  // Looked for once: of cron partitions it is found by counting.
  let newest: string | undefined
  return (key, next) => {
    newest ??= lastPartition(spec, at) ?? key
    return firstTwo(partitionKeyRange(spec, { from: key, to: newest }, at))[1] === next
  }
}

/** A range as it is written; of a single partition its key. */
export function rangeText({ from, to }: PartitionRange): string {
  return from === to ? from : `${from}...${to}`
}

/** The keys of ranges, one by one. */
export function* keysOfRanges(spec: PartitionsSpec, ranges: readonly string[], at: AtTime): Generator<string> {
  for (const range of ranges) {
    const { from, to } = parsedRange(range)
    if (from === to) yield from
    else yield* partitionKeyRange(spec, { from, to }, at)
  }
}

function rangeCount(spec: PartitionsSpec, range: PartitionRange, at: AtTime): number {
  if (isTimeSpec(spec) && spec.exclusions.length === 0) {
    const { cadence, tickOf } = timePartitions(spec)
    const [first, last] = [tickOf(range.from), tickOf(range.to)]
    if (first !== undefined && last !== undefined) return cadence.count(first, last.instant + 1)
  }
  let count = 0
  for (const _key of partitionKeyRange(spec, range, at)) count += 1
  return count
}

function firstTwo(keys: Iterable<string>): readonly string[] {
  const found: string[] = []
  for (const key of keys) {
    found.push(key)
    if (found.length === 2) break
  }
  return found
}

/** Whether a range always is what stands between its ends: not of several dimensions, nor where partitions come and go. */
export function isLinear(spec: PartitionsSpec): boolean {
  return isTimeSpec(spec) || spec.kind === 'static'
}

/** Keys that follow each other, as a range is written. */
export function rowText(keys: readonly string[]): string {
  return rangeText({ from: keys[0] ?? '', to: keys.at(-1) ?? '' })
}

/** Consecutive keys as ranges: each `next` that doesn't follow begins another one. @param follows - whether a key follows another one directly */
export function rangesOf(keys: readonly string[], follows: (key: string, next: string) => boolean): readonly string[] {
  const ranges: PartitionRange[] = []
  for (const key of keys) {
    const last = ranges.at(-1)
    if (last !== undefined && follows(last.to, key)) ranges[ranges.length - 1] = { from: last.from, to: key }
    else ranges.push({ from: key, to: key })
  }
  return ranges.map(rangeText)
}
