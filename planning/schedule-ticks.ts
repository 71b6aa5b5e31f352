import { type CronTicks, cronTicks } from '../definitions/cron.ts'
import { type Instant, transitions, wallOf } from '../definitions/partitions/zoned-time.ts'
import type { CronTiming, IntervalTiming, ScheduleTiming } from '../definitions/schedule-timing.ts'
import type { ScheduleSnapshot } from './schedule-snapshot.ts'

/**
 * Time within which a tick that begins late isn't one that was missed: a busy server takes a while, and what is due every second
 * would otherwise be lost there. Unit: milliseconds.
 */
const graceMs = 10_000

/** The first tick after a time. */
export function nextTick(timing: ScheduleTiming, after: Instant): Instant {
  if (timing.kind === 'interval') return lastMultiple(timing, after) + timing.everyMs
  return Math.min(...ticksOf(timing).map(({ next }) => next(after).instant))
}

/** The last tick before a time. */
export function previousTick(timing: ScheduleTiming, before: Instant): Instant {
  if (timing.kind === 'interval') return lastMultiple(timing, before - 1)
  return Math.max(...ticksOf(timing).map(({ previous }) => previous(before).instant))
}

/** Whether a schedule ticks at a time. */
export function isTick(timing: ScheduleTiming, instant: Instant): boolean {
  return previousTick(timing, instant + 1) === instant
}

/** The next ticks after a time, in order. */
export function nextTicks(timing: ScheduleTiming, after: Instant, count: number): readonly Instant[] {
  const found: Instant[] = []
  for (let at = after; found.length < count; found.push(at)) at = nextTick(timing, at)
  return found
}

/** The first of a schedule's cron expressions that ticks at a time. */
export function cronAt(timing: ScheduleTiming, instant: Instant): string | undefined {
  if (timing.kind === 'interval') return undefined
  const index = ticksOf(timing).findIndex((ticks) => ticks.isTick(instant))
  return timing.crons[index]
}

/**
 * What a time is that Temporal started a schedule for: one of its ticks; a time at which it does not tick, but its clocks are set or
 * show a time of its expressions once more, which Temporal may take for a tick; or neither, so that somebody asked for it.
 */
export function startedFor(timing: ScheduleTiming, instant: Instant): 'tick' | 'repeat' | 'by hand' {
  if (isTick(timing, instant)) return 'tick'
  if (timing.kind === 'interval') return 'by hand'
  const wall = wallOf(instant, timing.timezone)
  const [setting] = transitions(timing.timezone, instant - besideSettingMs, instant + besideSettingMs)
  return setting !== undefined || ticksOf(timing).some(({ names }) => names(wall)) ? 'repeat' : 'by hand'
}

/** How near to a setting of the clocks Temporal may err. Unit: milliseconds. */
const besideSettingMs = 2 * 3_600_000

/**
 * The tick that one acts for which begins now: itself, or where it was missed and only the newest of those that were is wanted, the
 * newest that is due. Several that were missed so come to the same one, which runs once.
 */
export function dueTick({ timing, missedTicks, jitterMs }: Ticking, scheduled: Instant, now: Instant): Instant {
  if (missedTicks === 'all' || now - scheduled <= graceMs + jitterMs) return scheduled
  return Math.max(scheduled, previousTick(timing, now + 1))
}

/** What decides which tick counts. */
type Ticking = Pick<ScheduleSnapshot, 'timing' | 'missedTicks' | 'jitterMs'>

function lastMultiple({ everyMs, offsetMs }: IntervalTiming, instant: Instant): Instant {
  return Math.floor((instant - offsetMs) / everyMs) * everyMs + offsetMs
}

const made = new WeakMap<CronTiming, readonly CronTicks[]>()

/** The ticks of each expression, read once. */
function ticksOf(timing: CronTiming): readonly CronTicks[] {
  const known = made.get(timing) ?? timing.crons.map((cron) => cronTicks(cron, timing.timezone))
  made.set(timing, known)
  return known
}
