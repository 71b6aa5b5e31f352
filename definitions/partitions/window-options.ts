import { requireCron, requireZone } from '../cron.ts'
import { AssetryError } from '../errors.ts'
import { keyFormat } from './key-format.ts'
import type { TimeSpec } from './partitions-spec.ts'
import { isCron } from './time-partitions.ts'
import { parsedTime } from './zoned-time.ts'

/** What the definers of partitions by time have in common. */
export interface WindowOptions {
  /** The first window is the first that starts then or later. `2026-01-01`, `2026-01-01T06:00` by the clocks of the zone, or a `Date`. */
  readonly start: string | Date
  /** The last window ends then or earlier. @default none */
  readonly end?: string | Date
  /** IANA name of the time zone whose clocks say when a window starts. @default 'UTC' */
  readonly timezone?: string
  /**
   * How a key is made of its window's start: `%Y`, `%m`, `%d`, `%H`, `%M`, `%S`, `%z` for the offset from UTC, and `%%`.
   *
   * @default '%Y-%m-%d', of hours '%Y-%m-%d-%H:%M'
   */
  readonly format?: string
  /** How many windows exist beyond those that are over: 1 adds the current one, -1 takes the newest away. @default 0 */
  readonly endOffset?: number
  /** Windows to leave out: cron expressions of five fields that match their start, or their start itself. @default none */
  readonly exclusions?: readonly (string | Date)[]
}

/** Most windows that `endOffset` may name. They are gone through one by one. */
const mostOffset = 1_000

/**
 * Checks what all partitions by time have in common.
 *
 * @param owner - the definer, for the error's text
 * @param needed - the parts of a time that a format must have to tell windows apart, as letters
 * @throws `INVALID_OPTION`
 */
export function timeSpec(owner: string, options: WindowOptions, defaultFormat: string, needed: string): TimeSpec {
  const { timezone = 'UTC', format = defaultFormat, endOffset = 0, exclusions = [] } = options
  requireZone(owner, timezone)
  requireFormat(owner, format, needed)
  requireWhole(owner, 'endOffset', endOffset, [-mostOffset, mostOffset])
  const start = timeOption(owner, 'start', options.start, timezone)
  const end = options.end === undefined ? null : timeOption(owner, 'end', options.end, timezone)
  if (end !== null && end <= start) throw refused(owner, `end ${end} is not after start ${start}, so there would be no partition.`)
  return { start, end, timezone, format, endOffset, exclusions: exclusions.map((each) => exclusionOption(owner, each, timezone)) }
}

/** Checks a whole number from `least` to `most`. @throws `INVALID_OPTION` */
export function requireWhole(owner: string, option: string, value: number, [least, most]: readonly [number, number]): number {
  if (Number.isInteger(value) && value >= least && value <= most) return value
  throw refused(owner, `${option} is ${JSON.stringify(value)}, which is not a whole number from ${least} to ${most}.`)
}

/** The refusal of an option of a partitions definition. */
export function refused(owner: string, text: string, cause?: unknown): AssetryError {
  return new AssetryError('INVALID_OPTION', `${owner}: ${text}`, { facts: { owner }, cause })
}

function requireFormat(owner: string, format: string, needed: string): void {
  const fields = keyFormat(format)?.fields
  if (fields === undefined)
    throw refused(owner, `format ${JSON.stringify(format)} has something other than %Y, %m, %d, %H, %M, %S, %z and %%.`)
  const missing = Array.from(needed).filter((field) => !fields.has(field))
  if (missing.length === 0) return
  throw refused(
    owner,
    `format ${JSON.stringify(format)} gives several windows the same key. Add ${missing.map((field) => `%${field}`).join(', ')}.`,
  )
}

/** @returns ISO 8601 in UTC, without milliseconds where there are none */
function timeOption(owner: string, option: string, given: string | Date, timezone: string): string {
  const time = typeof given === 'string' ? parsedTime(given, timezone) : new Date(given).getTime()
  if (time !== undefined && Number.isFinite(time)) return new Date(time).toISOString().replace('.000Z', 'Z')
  throw refused(owner, `${option} ${JSON.stringify(given)} is no time. Write it as '2026-01-01' or '2026-01-01T06:00', or give a Date.`)
}

function exclusionOption(owner: string, given: string | Date, timezone: string): string {
  return typeof given === 'string' && isCron(given)
    ? requireCron(owner, 'exclusion', given, 'five fields')
    : timeOption(owner, 'exclusion', given, timezone)
}
