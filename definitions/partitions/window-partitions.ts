import { requireCron } from '../cron.ts'
import { type PartitionsDefinition, partitionsDefinition } from './partitions-definition.ts'
import type { CalendarPartitionsSpec, CronPartitionsSpec, HourlyPartitionsSpec, TimePartitionsSpec } from './partitions-spec.ts'
import { isCron, timePartitions } from './time-partitions.ts'
import { refused, requireWhole, timeSpec, type WindowOptions } from './window-options.ts'

/** What {@link hourlyPartitions} takes. */
export interface HourlyPartitionsOptions extends WindowOptions {
  /** Minute at which windows start. @default 0 */
  readonly minuteOffset?: number
}

/** What {@link dailyPartitions} takes. */
export interface DailyPartitionsOptions extends HourlyPartitionsOptions {
  /** Hour at which windows start. @default 0 */
  readonly hourOffset?: number
}

/** What {@link weeklyPartitions} and {@link monthlyPartitions} take. */
export interface DayPartitionsOptions extends DailyPartitionsOptions {
  /** Day on which windows start: of a week 0 for Sunday to 6, of a month 1 to 28. @default 0, of months 1 */
  readonly dayOffset?: number
}

/** What {@link cronPartitions} takes. */
export interface CronPartitionsOptions extends WindowOptions {
  /** Five fields: minute, hour, day of month, month, day of week. */
  readonly cron: string
}

/**
 * A partition an hour. Where clocks are set back, the second of the two equal hours has its offset from UTC behind its key.
 *
 * @throws `INVALID_OPTION`
 */
export function hourlyPartitions(options: HourlyPartitionsOptions): PartitionsDefinition<HourlyPartitionsSpec> {
  const owner = 'hourlyPartitions'
  return checked(owner, {
    kind: 'hourly',
    ...timeSpec(owner, options, '%Y-%m-%d-%H:%M', 'YmdH'),
    minuteOffset: requireWhole(owner, 'minuteOffset', options.minuteOffset ?? 0, [0, 59]),
  })
}

/**
 * A partition a day, from midnight to midnight by the clocks of its zone.
 *
 * @example
 * ```ts
 * const orders = asset({ key: 'orders', partitions: dailyPartitions({ start: '2026-01-01' }), materialize: (_inputs, { partitionKey }) => … })
 * ```
 * @throws `INVALID_OPTION`
 */
export function dailyPartitions(options: DailyPartitionsOptions): PartitionsDefinition<CalendarPartitionsSpec> {
  return calendar('dailyPartitions', 'daily', { ...options, dayOffset: 0 })
}

/** A partition a week, from Sunday on. @throws `INVALID_OPTION` */
export function weeklyPartitions(options: DayPartitionsOptions): PartitionsDefinition<CalendarPartitionsSpec> {
  const dayOffset = requireWhole('weeklyPartitions', 'dayOffset', options.dayOffset ?? 0, [0, 6])
  return calendar('weeklyPartitions', 'weekly', { ...options, dayOffset })
}

/** A partition a month, from its first day on. @throws `INVALID_OPTION` */
export function monthlyPartitions(options: DayPartitionsOptions): PartitionsDefinition<CalendarPartitionsSpec> {
  const dayOffset = requireWhole('monthlyPartitions', 'dayOffset', options.dayOffset ?? 1, [1, 28])
  return calendar('monthlyPartitions', 'monthly', { ...options, dayOffset })
}

/**
 * A partition from each tick of a cron expression to the next.
 *
 * @example
 * ```ts
 * const workdays = cronPartitions({ cron: '0 18 * * 1-5', start: '2026-01-01', timezone: 'Europe/Berlin' })
 * ```
 * @throws `INVALID_OPTION`
 */
export function cronPartitions(options: CronPartitionsOptions): PartitionsDefinition<CronPartitionsSpec> {
  const owner = 'cronPartitions'
  const cron = requireCron(owner, 'cron', options.cron, 'five fields')
  const needed = neededBy(cron)
  const format = needed.includes('H') || needed.includes('M') ? '%Y-%m-%d-%H:%M' : '%Y-%m-%d'
  return checked(owner, { kind: 'cron', ...timeSpec(owner, options, format, needed), cron })
}

/** The parts of a time that tell the ticks of a cron expression apart: of hour and minute those that have several values. */
function neededBy(cron: string): string {
  const [minute = '', hour = ''] = cron.trim().split(/\s+/)
  return `Ymd${isOne(hour) ? '' : 'H'}${isOne(minute) ? '' : 'M'}`
}

function isOne(field: string): boolean {
  return /^\d+$/.test(field)
}

function calendar(
  owner: string,
  kind: CalendarPartitionsSpec['kind'],
  options: DailyPartitionsOptions & { readonly dayOffset: number },
): PartitionsDefinition<CalendarPartitionsSpec> {
  return checked(owner, {
    kind,
    ...timeSpec(owner, options, '%Y-%m-%d', kind === 'monthly' ? 'Ym' : 'Ymd'),
    hourOffset: requireWhole(owner, 'hourOffset', options.hourOffset ?? 0, [0, 23]),
    minuteOffset: requireWhole(owner, 'minuteOffset', options.minuteOffset ?? 0, [0, 59]),
    dayOffset: options.dayOffset,
  })
}

/** An exclusion that excludes nothing would be a slip that nobody sees. */
function checked<TSpec extends TimePartitionsSpec>(owner: string, spec: TSpec): PartitionsDefinition<TSpec> {
  const { cadence, keyOf } = timePartitions(spec)
  for (const time of spec.exclusions.filter((each) => !isCron(each)).map((each) => Date.parse(each))) {
    const floor = cadence.floor(time)
    if (floor.instant === time) continue
    const near = [floor, cadence.next(floor)].map(({ instant }) => new Date(instant).toISOString())
    throw refused(
      owner,
      `exclusion ${new Date(time).toISOString()} is not the start of a window. Near are ${near.join(' and ')}: "${keyOf(floor)}" and the next.`,
    )
  }
  return partitionsDefinition(spec)
}
