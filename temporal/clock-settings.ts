import { type Instant, instantOf, offsetOf, transitions, type WallTime, wallOf } from '../definitions/partitions/zoned-time.ts'
import type { CronTiming } from '../definitions/schedule-timing.ts'
import { nextTick } from '../planning/schedule-ticks.ts'
import type { ClockHour } from './plain-calendar.ts'

/** Milliseconds of an hour. */
const hour = 3_600_000

/** How far ahead settings of the clocks are looked at. Unit: years, full ones. */
const yearsAhead = 10

/** Most ticks that are told one by one; of a schedule that has more, fewer years are looked at. */
const mostTicks = 500

/** Hours in which clocks are set, and the ticks in them. */
export interface HoursOfSettings {
  readonly hours: readonly ClockHour[]
  readonly ticks: readonly Instant[]
}

/**
 * The hours around settings of the clocks in which a schedule ticks, and its ticks there. Temporal leaves out a time that the clocks
 * skip, has one twice that they show twice, and is wrong about clocks that are set by another time than an hour: in these hours it is told
 * each tick by itself. Where there are too many to tell, as of a schedule that ticks every few seconds, Temporal is left to itself.
 *
 * @param now - which year it is; the answer stays the same within it
 */
export function hoursOfSettings(timing: CronTiming, now: Instant): HoursOfSettings {
  const { timezone } = timing
  let found: HoursOfSettings = { hours: [], ticks: [] }
  for (const setting of settingsAhead(timezone, now)) {
    const [from, to] = around(setting, timezone)
    const ticks = ticksIn(timing, instantOf(from, timezone), instantOf(to, timezone), mostTicks - found.ticks.length)
    if (ticks === undefined) break
    if (ticks.length > 0) found = { hours: [...found.hours, ...hoursIn(from, to)], ticks: [...found.ticks, ...ticks] }
  }
  return found
}

/**
 * How far a zone's clocks are ahead of UTC, but for full hours, where that stays the same; undefined where they are set by another
 * time. Unit: milliseconds.
 */
export function minutesAhead(timezone: string, now: Instant): number | undefined {
  const inHour = (instant: Instant): number => ((offsetOf(instant, timezone) % hour) + hour) % hour
  const ahead = inHour(now)
  return settingsAhead(timezone, now).every((setting) => inHour(setting) === ahead) ? ahead : undefined
}

function settingsAhead(timezone: string, now: Instant): readonly Instant[] {
  const year = new Date(now).getUTCFullYear()
  return [...transitions(timezone, Date.UTC(year), Date.UTC(year + yearsAhead + 1))]
}

/** The full hours that the clocks show or skip at a setting, and one before and after them. */
function around(setting: Instant, timezone: string): readonly [WallTime, WallTime] {
  const [before, after] = [setting + offsetOf(setting - 1, timezone), wallOf(setting, timezone)]
  return [(Math.floor(Math.min(before, after) / hour) - 1) * hour, (Math.ceil(Math.max(before, after) / hour) + 1) * hour]
}

/** Undefined where there are more than so many. */
function ticksIn(timing: CronTiming, from: Instant, to: Instant, most: number): readonly Instant[] | undefined {
  const ticks: Instant[] = []
  for (let at = nextTick(timing, from - 1); at < to; at = nextTick(timing, at)) {
    if (ticks.length === most) return undefined
    ticks.push(at)
  }
  return ticks
}

function hoursIn(from: WallTime, to: WallTime): readonly ClockHour[] {
  return Array.from({ length: (to - from) / hour }, (_, index) => {
    const date = new Date(from + index * hour)
    return { year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, day: date.getUTCDate(), hour: date.getUTCHours() }
  })
}
