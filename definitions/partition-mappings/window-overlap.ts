import type { Tick } from '../partitions/cadence.ts'
import type { PartitionRange } from '../partitions/partition-range.ts'
import type { Bounds, TimePartitions } from '../partitions/time-partitions.ts'
import type { Instant } from '../partitions/zoned-time.ts'
import type { TimeWindowMappingSpec } from './partition-mapping-spec.ts'

/** From `start` to before `end`. */
export interface Stretch {
  readonly start: Instant
  readonly end: Instant
}

type Offsets = Pick<TimeWindowMappingSpec, 'startOffset' | 'endOffset'>

/** The stretch of time that the windows from `first` to `last`, neither of them excluded, need of the upstream asset. */
export function neededStretch(own: TimePartitions, { startOffset, endOffset }: Offsets, first: Tick, last: Tick): Stretch {
  return { start: shifted(own, first, startOffset).instant, end: own.cadence.next(shifted(own, last, endOffset)).instant }
}

/** The windows that overlap a stretch of time and are not excluded, whether or not they exist. */
export function* overlapping({ cadence, isExcluded }: TimePartitions, { start, end }: Stretch): Generator<Tick> {
  for (const tick of cadence.ticks(cadence.floor(start), end)) if (!isExcluded(tick)) yield tick
}

/** The first and the last of the existing windows that overlap a stretch of time; undefined where none does. */
export function overlappingEnds(upstream: TimePartitions, bounds: Bounds, { start, end }: Stretch): TickRange | undefined {
  const { cadence, isExcluded } = upstream
  const before = Math.min(end, bounds.end)
  const from = Math.max(start, bounds.first.instant)
  if (before <= from) return undefined
  let [first, last] = [cadence.floor(from), cadence.floor(before - 1)]
  while (first.instant < before && isExcluded(first)) first = cadence.next(first)
  while (last.instant >= first.instant && isExcluded(last)) last = cadence.floor(last.instant - 1)
  return last.instant < first.instant || first.instant >= before ? undefined : { first, last }
}

/** Windows from one to another, both included. */
export interface TickRange {
  readonly first: Tick
  readonly last: Tick
}

/** The same windows in as few ranges as possible. @param ranges - ordered by their starts, and by their ends */
export function joined(partitions: TimePartitions, ranges: Iterable<TickRange>): readonly PartitionRange[] {
  const found: TickRange[] = []
  for (const range of ranges) {
    const before = found.at(-1)
    if (before !== undefined && touches(partitions, before, range)) found[found.length - 1] = { first: before.first, last: range.last }
    else found.push(range)
  }
  return found.map(({ first, last }) => ({ from: partitions.keyOf(first), to: partitions.keyOf(last) }))
}

function touches(partitions: TimePartitions, { last }: TickRange, { first }: TickRange): boolean {
  return first.instant <= last.instant || following(partitions, last).instant >= first.instant
}

/**
 * The windows, not excluded, whose {@link neededStretch} overlaps a stretch of time, as the first and the last; the last
 * is before the first where there are none. They may be outside of the definition.
 *
 * Has to be asked of a definition that doesn't exclude every window.
 */
export function needingEnds(own: TimePartitions, { startOffset, endOffset }: Offsets, { start, end }: Stretch): TickRange {
  const [floor, lastFloor] = [own.cadence.floor(start), own.cadence.floor(end - 1)]
  const first = own.isExcluded(floor) ? following(own, floor) : floor
  const last = own.isExcluded(lastFloor) ? preceding(own, lastFloor) : lastFloor
  return { first: shifted(own, first, -endOffset), last: shifted(own, last, -startOffset) }
}

/** The window so many windows later, excluded ones not counted; earlier where `count` is below 0. */
function shifted(partitions: TimePartitions, tick: Tick, count: number): Tick {
  let at = tick
  for (let left = count; left > 0; left -= 1) at = following(partitions, at)
  for (let left = count; left < 0; left += 1) at = preceding(partitions, at)
  return at
}

function following({ cadence, isExcluded }: TimePartitions, tick: Tick): Tick {
  let next = cadence.next(tick)
  while (isExcluded(next)) next = cadence.next(next)
  return next
}

function preceding({ cadence, isExcluded }: TimePartitions, tick: Tick): Tick {
  let previous = cadence.floor(tick.instant - 1)
  while (isExcluded(previous)) previous = cadence.floor(previous.instant - 1)
  return previous
}
