import { Temporal } from 'temporal-polyfill'

/**
 * A time as a clock on a wall shows it, without a zone: the milliseconds since 1970 that it would be in UTC. Days, weeks
 * and months are added here, where each has its own length; zones come in only by the functions below.
 */
export type WallTime = number

/** A point in time: milliseconds since 1970, UTC. */
export type Instant = number

/** What the clocks of a zone show at a time. */
export function wallOf(instant: Instant, zone: string): WallTime {
  return instant + offsetOf(instant, zone)
}

/** How far a zone's clocks are ahead of UTC at a time, in milliseconds. */
export function offsetOf(instant: Instant, zone: string): number {
  if (zone === 'UTC') return 0
  const known = spans.get(zone)
  if (known !== undefined && instant >= known.from && instant < known.to) return known.offset
  const time = at(instant, zone)
  const offset = time.offsetNanoseconds / 1_000_000
  // The last one is looked for before a time, so that one at the time itself needs a later time.
  const from = at(instant + 1, zone).getTimeZoneTransition('previous')?.epochMilliseconds ?? -Infinity
  spans.set(zone, { from, to: time.getTimeZoneTransition('next')?.epochMilliseconds ?? Infinity, offset })
  return offset
}

/** Where a zone's clocks are ahead of UTC by the same. */
interface Span {
  readonly from: Instant
  readonly to: Instant
  readonly offset: number
}

/** The span of each zone that was asked for last: the next question is most often about it, and a look into the zone is dear. */
const spans = new Map<string, Span>()

/**
 * When a zone's clocks show this. Where they show it twice, the first time; where they skip it, the moment at which they
 * jump over it.
 */
export function instantOf(wall: WallTime, zone: string): Instant {
  if (zone === 'UTC') return wall
  const time = at(wall, 'UTC').toPlainDateTime().toZonedDateTime(zone, { disambiguation: 'earlier' })
  if (wallOf(time.epochMilliseconds, zone) === wall) return time.epochMilliseconds
  return time.getTimeZoneTransition('next')?.epochMilliseconds ?? time.epochMilliseconds
}

/** The moments from `from` to before `to` at which the clocks of a zone were or will be set. */
export function* transitions(zone: string, from: Instant, to: Instant): Generator<Instant> {
  if (zone === 'UTC') return
  // A transition is looked for behind a time, so that one at `from` itself needs a time before it.
  let next = at(from - 1, zone).getTimeZoneTransition('next')
  while (next !== null && next.epochMilliseconds < to) {
    yield next.epochMilliseconds
    next = next.getTimeZoneTransition('next')
  }
}

/** Whether there is such a time zone: an IANA name or `UTC`. Offsets such as `+02:00` are none, as they know no summer time. */
export function isZone(name: unknown): name is string {
  if (typeof name !== 'string' || /^[+-]/.test(name)) return false
  try {
    at(0, name)
    return true
  } catch {
    return false
  }
}

/**
 * The point in time that a text names: with `Z` or an offset that one, without one what the clocks of the zone show.
 * Undefined where it is no time.
 */
export function parsedTime(text: string, zone: string): Instant | undefined {
  try {
    return /(Z|[+-]\d\d:?\d\d)$/i.test(text) && text.includes('T')
      ? Temporal.Instant.from(text).epochMilliseconds
      : instantOf(Temporal.PlainDateTime.from(text).toZonedDateTime('UTC').epochMilliseconds, zone)
  } catch {
    return undefined
  }
}

function at(instant: Instant, zone: string): Temporal.ZonedDateTime {
  return Temporal.Instant.fromEpochMilliseconds(instant).toZonedDateTimeISO(zone)
}
