import type { RunConfig } from './config.ts'
import type { TickContext } from './sensor-context.ts'
import type { TickItem } from './tick-outcome.ts'

/** The parameter of a schedule's `evaluate`. */
export interface ScheduleContext<TResources = Readonly<Record<string, unknown>>> extends TickContext<TResources> {
  readonly scheduleName: string
  /** The time that the tick is for; it may begin later. */
  readonly scheduledTime: Date
  /** The cron expression that names this time; undefined of an interval, and of a tick by hand. */
  readonly cron: string | undefined
}

/** What one evaluation of a schedule may give: a request, the config of a run, a reason to skip, or nothing. */
export type ScheduleItem = TickItem | RunConfig

/** What a schedule's function returns: one item, several, or what it yields one after another. */
export type ScheduleReturn = ScheduleItem | readonly ScheduleItem[] | Iterable<ScheduleItem> | AsyncIterable<ScheduleItem>
