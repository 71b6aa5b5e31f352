import { type Cadence, ceiling, type Tick } from './cadence.ts'
import type { HourlyPartitionsSpec } from './partitions-spec.ts'
import { type Instant, instantOf, offsetOf, transitions, type WallTime } from './zoned-time.ts'

/** Milliseconds of an hour. */
const hour = 3_600_000

/** Milliseconds of a day: longer than clocks are set back anywhere. */
const day = 24 * hour

/** Longest time from one tick to the next, in milliseconds: clocks that are set by half an hour make it longer than an hour. */
const longest = 3 * hour

/**
 * A tick whenever the clocks of the zone show the minute: once in each hour that passes, so twice in an hour that they
 * show twice, and never in one that they skip. Between two settings of the clocks this is plain arithmetic.
 */
export function hourlyCadence({ timezone, minuteOffset }: HourlyPartitionsSpec): Cadence {
  const minute = minuteOffset * 60_000
  /** The last time not after `instant` with the minute, were the clocks never set. */
  const floorAt = (instant: Instant, offset: number): Instant => Math.floor((instant + offset - minute) / hour) * hour + minute - offset
  const tickIn = ({ offset, repeatsBefore }: Span, instant: Instant): Tick => {
    const wall = instant + offset
    return { instant, wall, isRepeat: wall < repeatsBefore }
  }
  /** Spans in which the clocks are not set. */
  function* spans(from: Instant, to: Instant): Generator<Span> {
    let start = from
    let repeatsBefore = shownBefore(from)
    for (const transition of [...transitions(timezone, from + 1, to), to]) {
      const offset = offsetOf(start, timezone)
      const floor = floorAt(start, offset)
      const first = floor === start ? floor : floor + hour
      if (first < transition) yield { first, count: Math.ceil((transition - first) / hour), offset, repeatsBefore }
      start = transition
      repeatsBefore = transition + offset
    }
  }
  /** Up to where the clocks had come when they were last set, in the day before; anything where they weren't. */
  const shownBefore = (instant: Instant): WallTime => {
    const last = [...transitions(timezone, instant - day, instant + 1)].at(-1)
    return last === undefined ? -Infinity : last + offsetOf(last - 1, timezone)
  }
  const cadence: Cadence = {
    floor(instant) {
      const span = [...spans(instant - longest, instant + 1)].at(-1)
      if (span === undefined) throw noTick(instant, timezone)
      return tickIn(span, span.first + (span.count - 1) * hour)
    },
    next(tick) {
      for (const span of spans(tick.instant + 1, tick.instant + longest)) return tickIn(span, span.first)
      throw noTick(tick.instant, timezone)
    },
    *ticks(from, to) {
      for (const span of spans(from.instant, to))
        for (let instant = span.first; instant < span.first + span.count * hour; instant += hour) yield tickIn(span, instant)
    },
    count: (from, to) => [...spans(from.instant, to)].reduce((sum, { count }) => sum + count, 0),
    saying: (wall, offset) => ceiling(cadence, offset === undefined ? instantOf(wall, timezone) : wall - offset),
  }
  return cadence
}

/** Ticks an hour apart. */
interface Span {
  readonly first: Instant
  readonly count: number
  readonly offset: number
  /** What the clocks show before this, they showed already. */
  readonly repeatsBefore: WallTime
}

function noTick(near: Instant, timezone: string): RangeError {
  return new RangeError(`There is no hour near ${new Date(near).toISOString()} in ${timezone}.`)
}
