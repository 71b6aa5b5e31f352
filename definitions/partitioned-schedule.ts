import type { AssetSelection } from './asset-selection.ts'
import { kindOf } from './brand.ts'
import { AssetryError } from './errors.ts'
import { isJob, type Job } from './job.ts'
import type { PartitionsTiming } from './partitioned-timing.ts'
import { requireWhole } from './partitions/window-options.ts'
import type { Schedule } from './schedule.ts'
import { anySchedule, type AnyScheduleOptions } from './schedule-options.ts'
import { cronTiming } from './schedule-timing.ts'
import { targetOption } from './target.ts'

/** What {@link partitionedSchedule} takes. */
export interface PartitionedScheduleOptions extends AnyScheduleOptions {
  /** A job whose assets have the same partitions, or its name. */
  readonly job?: Job | string
  /** Assets with the same partitions, without a job. */
  readonly selection?: string | AssetSelection
  /** @default that of the job with `_schedule` behind it */
  readonly name?: string
  /** Minute at which it ticks after a window has closed. @default that at which windows start */
  readonly minuteOfHour?: number
  /** Hour at which it ticks, of days, weeks and months. @default that at which windows start */
  readonly hourOfDay?: number
  /** Day on which it ticks, of weeks: 0 for Sunday to 6. @default that on which windows start */
  readonly dayOfWeek?: number
  /** Day on which it ticks, of months: 1 to 28. @default that on which windows start */
  readonly dayOfMonth?: number
  /** When it ticks, where the partitions are no windows of time. */
  readonly cron?: string | readonly string[]
  /** The zone of `cron`. Windows bring their own. @default 'UTC' */
  readonly timezone?: string
}

/**
 * Declares a schedule that makes each partition as soon as its window has closed. Each is asked for once, whatever becomes of the
 * clocks, and one that was missed while nothing could run is made up for. Of partitions that are no windows of time, all are asked for at each tick.
 *
 * @example
 * ```ts
 * const nightly = partitionedSchedule({ job: dailyReports, hourOfDay: 3 })
 * ```
 * @throws `INVALID_NAME`, `INVALID_OPTION`, `METADATA_INVALID`. Partitions that don't fit are a finding of `definitions()`
 */
export function partitionedSchedule(options: PartitionedScheduleOptions): Schedule {
  const { job } = options
  const name = options.name ?? `${isJob(job) ? job.name : job}_schedule`
  const owner = `schedule "${name}"`
  if (job === undefined && options.name === undefined)
    throw new AssetryError('INVALID_OPTION', 'partitionedSchedule: it has neither a job nor a name. Give it a name.')
  if (job === undefined && options.selection === undefined)
    throw new AssetryError('INVALID_OPTION', `${owner}: it says nothing to start. Give job, or selection.`, { facts: { owner } })
  return {
    [kindOf]: 'schedule',
    ...anySchedule({ ...options, name }, { catchupWindow: '7 days', missedTicks: 'all' }),
    target: targetOption(owner, options),
    timing: {
      kind: 'partitions',
      ...offsets(owner, options),
      crons: cronsOption(owner, options),
    },
    evaluate: undefined,
  }
}

function cronsOption(owner: string, { cron, timezone }: PartitionedScheduleOptions): PartitionsTiming['crons'] {
  if (cron !== undefined) return cronTiming(owner, cron, timezone)
  if (timezone === undefined) return undefined
  throw new AssetryError(
    'INVALID_OPTION',
    `${owner}: timezone is given without cron. Windows of time bring their own zone: leave it out, or give cron, too.`,
    { facts: { owner } },
  )
}

function offsets(owner: string, options: PartitionedScheduleOptions): Omit<PartitionsTiming, 'kind' | 'crons'> {
  const whole = (option: 'minuteOfHour' | 'hourOfDay' | 'dayOfWeek' | 'dayOfMonth', range: readonly [number, number]): number | undefined =>
    options[option] === undefined ? undefined : requireWhole(owner, option, options[option], range)
  return {
    minuteOfHour: whole('minuteOfHour', [0, 59]),
    hourOfDay: whole('hourOfDay', [0, 23]),
    dayOfWeek: whole('dayOfWeek', [0, 6]),
    dayOfMonth: whole('dayOfMonth', [1, 28]),
  }
}
