import { keySet } from './partition-keys.ts'
import { unknownPartition } from './partition-unknown.ts'
import type { PartitionsSpec, TimePartitionsSpec, TimeWindow } from './partitions-spec.ts'
import { timePartitions } from './time-partitions.ts'

/**
 * The time that a partition is for, be it over or not; undefined where the partitions are no windows of time.
 *
 * @throws `PARTITION_UNKNOWN` for a key that no time makes a partition
 */
export function partitionWindow(spec: TimePartitionsSpec, key: string): TimeWindow
export function partitionWindow(spec: PartitionsSpec, key: string): TimeWindow | undefined
export function partitionWindow(spec: PartitionsSpec, key: string): TimeWindow | undefined {
  if (spec.kind === 'static') {
    if (keySet(spec).has(key)) return undefined
    throw unknownPartition(spec, key)
  }
  const { tickOf, isDefined, windowOf } = timePartitions(spec)
  const tick = tickOf(key)
  if (tick === undefined || !isDefined(tick)) throw unknownPartition(spec, key)
  return windowOf(tick)
}

/** The key of the window that holds a time, be it over or not; undefined where the definition has none there. */
export function partitionAt(spec: TimePartitionsSpec, time: Date): string | undefined {
  const { cadence, keyOf, isDefined } = timePartitions(spec)
  const tick = cadence.floor(time.getTime())
  return isDefined(tick) ? keyOf(tick) : undefined
}
