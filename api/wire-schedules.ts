import type { Tick } from '../metadata/stores/tick-store.ts'
import type { LocatedSchedule, ScheduleStanding } from '../temporal/schedule-control.ts'
import type { Schedule } from './contract/schedule.ts'
import { plain } from './wire-json.ts'
import { wireTick } from './wire-ticks.ts'

/** A schedule as the API shows it. */
export function wireSchedule(
  { codeLocation, schedule }: LocatedSchedule,
  { status, isByDefault, note, nextTicks }: ScheduleStanding,
  lastTick: Tick | undefined,
): Schedule {
  return plain<Schedule>({
    name: schedule.name,
    codeLocation,
    description: schedule.description,
    target: schedule.target,
    timing: schedule.timing,
    isPartitioned: schedule.partitions !== null,
    status,
    byDefault: isByDefault,
    note,
    nextTicks: nextTicks.map((tick) => tick.toISOString()),
    overlap: schedule.overlap,
    catchupWindowMs: schedule.catchupWindowMs,
    missedTicks: schedule.missedTicks,
    jitterMs: schedule.jitterMs,
    pauseOnFailure: schedule.pauseOnFailure,
    lastTick: lastTick === undefined ? null : wireTick(lastTick),
  })
}
