import type { IntervalSpec, ScheduleOverlapPolicy, ScheduleSpec } from '@temporalio/client'
import type { Instant } from '../definitions/partitions/zoned-time.ts'
import type { Overlap } from '../definitions/schedule-options.ts'
import type { CronTiming } from '../definitions/schedule-timing.ts'
import type { ScheduleSnapshot } from '../planning/schedule-snapshot.ts'
import { hoursOfSettings, minutesAhead } from './clock-settings.ts'
import { calendarOfEachHour, calendarsOf, calendarSpec, withoutHours } from './plain-calendar.ts'

/** Temporal's words. */
const overlapPolicies: Readonly<Record<Overlap, ScheduleOverlapPolicy>> = {
  allow: 'ALLOW_ALL',
  skip: 'SKIP',
  bufferOne: 'BUFFER_ONE',
  bufferAll: 'BUFFER_ALL',
  cancelOther: 'CANCEL_OTHER',
  terminateOther: 'TERMINATE_OTHER',
}

/** What a schedule is to Temporal, whatever becomes of it. */
export interface TemporalSchedule {
  readonly spec: ScheduleSpec
  readonly policies: { readonly overlap: ScheduleOverlapPolicy; readonly catchupWindow: number; readonly pauseOnFailure: boolean }
}

/**
 * What Temporal is given to keep a schedule.
 *
 * @param now - which year it is; the spec stays the same within it
 */
export function temporalSchedule(schedule: ScheduleSnapshot, now: Instant): TemporalSchedule {
  const { timing, jitterMs, overlap, catchupWindowMs, pauseOnFailure } = schedule
  const times = timing.kind === 'cron' ? cronSpec(timing, now) : { intervals: [{ every: timing.everyMs, offset: timing.offsetMs }] }
  return {
    spec: { ...times, ...(jitterMs > 0 && { jitter: jitterMs }) },
    policies: { overlap: overlapPolicies[overlap], catchupWindow: catchupWindowMs, pauseOnFailure },
  }
}

function cronSpec(timing: CronTiming, now: Instant): ScheduleSpec {
  const eachHour = specOfEachHour(timing, now)
  if (eachHour !== undefined) return eachHour
  const { hours, ticks } = hoursOfSettings(timing, now)
  const calendars = timing.crons.flatMap((cron) => calendarsOf(cron).flatMap((calendar) => withoutHours(calendar, hours)))
  return {
    calendars: calendars.map((calendar) => calendarSpec(calendar)),
    ...(ticks.length > 0 && { intervals: ticks.map(once) }),
    timezone: timing.timezone,
  }
}

/** What runs each hour of each day needs no clocks but those that are never set. */
function specOfEachHour({ crons, timezone }: CronTiming, now: Instant): ScheduleSpec | undefined {
  const ahead = minutesAhead(timezone, now)
  if (ahead === undefined) return undefined
  const calendars = crons.map((cron) => calendarOfEachHour(cron, ahead))
  if (calendars.includes(undefined)) return undefined
  return { calendars: calendars.flatMap((calendar) => (calendar === undefined ? [] : [calendarSpec(calendar)])), timezone: 'UTC' }
}

/** Longer than anybody looks ahead, and shorter than the time since 1970, in which Temporal counts. Unit: milliseconds. */
const twentyYears = 20 * 365 * 86_400_000

/** One time, as an interval that comes back when the spec has long been made anew. */
function once(instant: Instant): IntervalSpec {
  return { every: twentyYears, offset: instant % twentyYears }
}
