import type { Cadence, Tick } from './cadence.ts'
import type { CalendarPartitionsSpec } from './partitions-spec.ts'
import { type Instant, instantOf, offsetOf, transitions, type WallTime, wallOf } from './zoned-time.ts'

/** Milliseconds of a day on the wall. */
const day = 86_400_000

/** 1970-01-01 was a Thursday. */
const weekdayOfEpoch = 4

/** A tick and its number: of the days, weeks or months since 1970. */
interface NumberedTick extends Tick {
  readonly number: number
}

/**
 * A tick a day, week or month: the number of a tick gives its wall time by arithmetic, and the zone when that is. Two
 * have the same instant only where a zone left out a whole day, as Samoa did on 2011-12-30; the first of them is none.
 */
export function calendarCadence(spec: CalendarPartitionsSpec): Cadence {
  const { timezone } = spec
  const { wallAt, numberAt } = numbering(spec)
  const tickAt = (number: number): NumberedTick => new LazyTick(number, wallAt(number), timezone)
  const isSkipped = (number: number): boolean => tickAt(number).instant === tickAt(number + 1).instant
  const floor = (instant: Instant): NumberedTick => {
    let number = numberAt(wallOf(instant, timezone))
    while (tickAt(number).instant > instant) number -= 1
    while (tickAt(number + 1).instant <= instant) number += 1
    return tickAt(number)
  }
  const next = (tick: Tick): NumberedTick => {
    let number = (tick as NumberedTick).number + 1
    while (isSkipped(number)) number += 1
    return tickAt(number)
  }
  const numbers = (from: Tick, to: Instant): Numbers => {
    const last = floor(to - 1).number
    return { first: (from as NumberedTick).number, last, skipped: skippedNumbers(from.instant, to) }
  }
  const skippedNumbers = (from: Instant, to: Instant): ReadonlySet<number> => {
    const skipped = new Set<number>()
    if (spec.kind !== 'daily') return skipped
    for (const instant of transitions(timezone, from, to)) {
      if (offsetOf(instant, timezone) - offsetOf(instant - 1, timezone) < day) continue
      for (let number = floor(instant - 1).number; number < floor(instant).number; number += 1) if (isSkipped(number)) skipped.add(number)
    }
    return skipped
  }
  return {
    floor,
    next,
    *ticks(from, to) {
      const { first, last, skipped } = numbers(from, to)
      for (let number = first; number <= last; number += 1) if (!skipped.has(number)) yield tickAt(number)
    },
    count(from, to) {
      const { first, last, skipped } = numbers(from, to)
      return Math.max(0, last - first + 1 - skipped.size)
    },
    saying(wall) {
      let number = numberAt(wall)
      if (wallAt(number) < wall) number += 1
      while (isSkipped(number)) number += 1
      return tickAt(number)
    },
  }
}

interface Numbers {
  readonly first: number
  readonly last: number
  readonly skipped: ReadonlySet<number>
}

/** Asks for the zone only where somebody wants to know the instant: keys need just the wall time. */
class LazyTick implements NumberedTick {
  readonly number: number
  readonly wall: WallTime
  readonly isRepeat = false
  readonly #zone: string
  #instant: Instant | undefined

  constructor(number: number, wall: WallTime, zone: string) {
    this.number = number
    this.wall = wall
    this.#zone = zone
  }

  get instant(): Instant {
    return (this.#instant ??= instantOf(this.wall, this.#zone))
  }
}

/** Between the number of a tick and its wall time. */
interface Numbering {
  readonly wallAt: (number: number) => WallTime
  /** The last number whose tick is not after a wall time. */
  readonly numberAt: (wall: WallTime) => number
}

function numbering({ kind, dayOffset, hourOffset, minuteOffset }: CalendarPartitionsSpec): Numbering {
  const inDay = (hourOffset * 60 + minuteOffset) * 60_000
  if (kind === 'monthly') return monthly(dayOffset, inDay)
  const [length, shift] = kind === 'daily' ? [day, inDay] : [7 * day, (dayOffset - weekdayOfEpoch) * day + inDay]
  return { wallAt: (number) => number * length + shift, numberAt: (wall) => Math.floor((wall - shift) / length) }
}

function monthly(dayOfMonth: number, inDay: number): Numbering {
  const wallAt = (number: number): WallTime => Date.UTC(1970, number, dayOfMonth) + inDay
  return {
    wallAt,
    numberAt(wall) {
      const date = new Date(wall)
      const number = (date.getUTCFullYear() - 1970) * 12 + date.getUTCMonth()
      return wallAt(number) <= wall ? number : number - 1
    },
  }
}
