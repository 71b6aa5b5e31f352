import { partsOfKey } from './key-parts.ts'
import { isPossiblePartition, unknownPartition } from './partition-unknown.ts'
import {
  type DimensionSpec,
  isTimeSpec,
  type MultiPartitionsSpec,
  type PartitionsSpec,
  type TimePartitionsSpec,
  type TimeWindow,
} from './partitions-spec.ts'
import type { Tick } from './cadence.ts'
import { timePartitions } from './time-partitions.ts'

/**
 * The time that a partition is for, be it over or not; undefined where the partitions are no windows of time. Of several
 * dimensions that of the only one which is time; undefined where none is, or several are.
 *
 * @throws `PARTITION_UNKNOWN` for a key that no time makes a partition
 */
export function partitionWindow(spec: TimePartitionsSpec, key: string): TimeWindow
export function partitionWindow(spec: PartitionsSpec, key: string): TimeWindow | undefined
export function partitionWindow(spec: PartitionsSpec, key: string): TimeWindow | undefined {
  if (spec.kind === 'multi') return windowOfCombination(spec, key)
  if (!isPossiblePartition(spec, key)) throw unknownPartition(spec, key)
  return windowOf(spec, key)
}

/** The key of the window that holds a time, be it over or not; undefined where the definition has none there. */
export function partitionAt(spec: TimePartitionsSpec, time: Date): string | undefined {
  const { cadence, keyOf, isDefined } = timePartitions(spec)
  const tick = cadence.floor(time.getTime())
  return isDefined(tick) ? keyOf(tick) : undefined
}

function windowOfCombination(spec: MultiPartitionsSpec, key: string): TimeWindow | undefined {
  const parts = partsOfKey(spec, key)
  const dimensions = spec.dimensions.map((dimension, index) => ({ spec: dimension.spec, part: parts?.[index] ?? '' }))
  if (parts === undefined || !dimensions.every((each) => isPossiblePartition(each.spec, each.part))) throw unknownPartition(spec, key)
  const [time, ...others] = dimensions.filter((each) => isTimeSpec(each.spec))
  return time === undefined || others.length > 0 ? undefined : windowOf(time.spec, time.part)
}

function windowOf(spec: DimensionSpec, key: string): TimeWindow | undefined {
  if (!isTimeSpec(spec)) return undefined
  const { tickOf, windowOf: ofTick } = timePartitions(spec)
  return ofTick(tickOf(key) as Tick)
}
