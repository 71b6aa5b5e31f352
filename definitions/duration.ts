import ms from 'ms'
import { AssetryError } from './errors.ts'

type Unit =
  | 'ms'
  | 'milliseconds'
  | 'millisecond'
  | 's'
  | 'sec'
  | 'second'
  | 'seconds'
  | 'm'
  | 'min'
  | 'minute'
  | 'minutes'
  | 'h'
  | 'hour'
  | 'hours'
  | 'd'
  | 'day'
  | 'days'
  | 'week'
  | 'weeks'

/** A length of time: milliseconds as a number, or words such as `'30 seconds'`, `'5m'`, `'2 days'`. */
export type Duration = number | `${number}${Unit}` | `${number} ${Unit}`

/**
 * The milliseconds of a duration.
 *
 * @param option - how the user wrote the option, for the error's text: `asset "orders": timeout`
 * @throws `INVALID_OPTION` for what is no duration, or less than `minimum`
 */
export function milliseconds(duration: Duration, option: string, minimum = 1): number {
  const value = typeof duration === 'number' ? duration : ms(duration as ms.StringValue)
  if (typeof value !== 'number' || !Number.isFinite(value) || value < minimum) {
    throw new AssetryError(
      'INVALID_OPTION',
      `${option} is ${JSON.stringify(duration)}, which is not a duration of at least ${minimum} ms. ` +
        `Give milliseconds as a number, or words such as '30 seconds' or '5m'.`,
      { facts: { option, duration } },
    )
  }
  return value
}

/** Milliseconds in words, to one unit: `3 hours`. */
export function durationText(milliseconds: number): string {
  return ms(milliseconds, { long: true })
}

const units = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
  ['second', 1_000],
  ['millisecond', 1],
] as const

/** Milliseconds in words, to the last of them: `90 minutes`. In the longest unit that they are whole in. */
export function exactDurationText(milliseconds: number): string {
  const [unit, length] = units.find(([, each]) => milliseconds % each === 0) ?? ['millisecond', 1]
  const count = milliseconds / length
  return `${count} ${unit}${count === 1 ? '' : 's'}`
}
