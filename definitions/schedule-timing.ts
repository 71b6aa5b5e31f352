import { requireCron, requireZone } from './cron.ts'
import { type Duration, milliseconds } from './duration.ts'
import { AssetryError } from './errors.ts'

/** When a schedule ticks: one of `cron` and `every`. */
export interface TimingOptions {
  /**
   * One cron expression or several: five fields, or six with the seconds first; names such as `mon`, words such as `@daily`, `L` for
   * the last day of a month, `mon#2` for the second Monday.
   */
  readonly cron?: string | readonly string[]
  /** IANA name of the time zone whose clocks a cron expression is read by. @default 'UTC' */
  readonly timezone?: string
  /** Time between two ticks, in whole seconds; counted from 1970-01-01T00:00:00Z, so that it stays the same whenever it is started. */
  readonly every?: Duration
  /** Moves the ticks of `every` by less than its length. @default 0 */
  readonly offset?: Duration
}

/** When a schedule ticks, as plain data. */
export type ScheduleTiming = CronTiming | IntervalTiming

/** A tick at each time of each expression. */
export interface CronTiming {
  readonly kind: 'cron'
  readonly crons: readonly string[]
  /** IANA name, or `UTC`. */
  readonly timezone: string
}

/** A tick at each multiple of a time since 1970. */
export interface IntervalTiming {
  readonly kind: 'interval'
  readonly everyMs: number
  /** Less than `everyMs`. */
  readonly offsetMs: number
}

/** Temporal counts in seconds. Unit: milliseconds. */
const second = 1_000

/**
 * When a schedule ticks, checked.
 *
 * @param owner - the schedule, for the error's text
 * @throws `INVALID_OPTION`
 */
export function timingOption(owner: string, { cron, every, timezone, offset }: TimingOptions): ScheduleTiming {
  if (cron !== undefined && every !== undefined) throw refused(owner, 'cron and every are given. Give one of them.')
  if (every === undefined) {
    if (offset !== undefined) throw refused(owner, 'offset is given, which moves the ticks of every. Write the time into cron.')
    return cronTiming(owner, cron, timezone)
  }
  if (timezone !== undefined)
    throw refused(owner, 'timezone is given with every, which asks no clock: it ticks after the same time anywhere. Leave it out.')
  return intervalTiming(owner, every, offset ?? 0)
}

/** One cron expression or several, checked. @throws `INVALID_OPTION` */
export function cronTiming(owner: string, cron: TimingOptions['cron'], timezone = 'UTC'): CronTiming {
  const given = Array.isArray(cron) ? (cron as readonly string[]) : [cron as string | undefined]
  const crons = given.flatMap((each) => (each === undefined ? [] : [requireCron(owner, 'cron', each, 'five or six fields')]))
  if (crons.length === 0) throw refused(owner, `it never ticks. Give cron, such as '0 6 * * *', or every, such as '30 minutes'.`)
  return { kind: 'cron', crons, timezone: requireZone(owner, timezone) }
}

function intervalTiming(owner: string, every: Duration, offset: Duration): IntervalTiming {
  const everyMs = wholeSeconds(owner, 'every', every, second)
  const offsetMs = wholeSeconds(owner, 'offset', offset, 0)
  if (offsetMs >= everyMs) throw refused(owner, `offset is ${offsetMs} ms, which is not less than every, ${everyMs} ms.`)
  return { kind: 'interval', everyMs, offsetMs }
}

function wholeSeconds(owner: string, option: string, given: Duration, least: number): number {
  const value = milliseconds(given, `${owner}: ${option}`, least)
  if (value % second === 0) return value
  throw refused(owner, `${option} is ${value} ms, which is not a number of whole seconds.`)
}

function refused(owner: string, text: string): AssetryError {
  return new AssetryError('INVALID_OPTION', `${owner}: ${text}`, { facts: { owner } })
}
