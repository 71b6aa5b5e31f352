import type { CronFields } from './cron-fields.ts'
import type { WallTime } from './partitions/zoned-time.ts'

/** The times on the wall that a cron expression names. */
export interface CronWalls {
  /** The first one not before a time; undefined where there is none in the next {@link farthest} days. */
  readonly from: (wall: WallTime) => WallTime | undefined
  /** The last one not after a time. */
  readonly until: (wall: WallTime) => WallTime | undefined
  readonly has: (wall: WallTime) => boolean
}

const second = 1_000
const secondsOfDay = 86_400
const day = secondsOfDay * second

/** Days that are looked through: the fifth Monday of a February comes back after 40 years where one is no leap year. */
const farthest = 41 * 366

/** The times on the wall that a cron expression names: days by its calendar, times of a day from lists. */
export function cronWalls(fields: CronFields): CronWalls {
  const { seconds } = fields
  const minutes = fields.hours.flatMap((hour) => fields.minutes.map((minute) => hour * 60 + minute))
  const isDay = dayRule(fields)
  const dayBeside = (start: number, step: 1 | -1): number | undefined => {
    for (let left = farthest, at = start; left > 0; left -= 1, at += step) if (isDay(at)) return at
    return undefined
  }
  const timeFrom = (time: number): number | undefined => {
    const minute = Math.floor(time / 60)
    const inMinute = minutes.includes(minute) ? seconds.find((each) => each >= time - minute * 60) : undefined
    if (inMinute !== undefined) return minute * 60 + inMinute
    const next = minutes.find((each) => each > minute)
    return next === undefined ? undefined : next * 60 + (seconds[0] as number)
  }
  const timeUntil = (time: number): number | undefined => {
    const minute = Math.floor(time / 60)
    const inMinute = minutes.includes(minute) ? seconds.findLast((each) => each <= time - minute * 60) : undefined
    if (inMinute !== undefined) return minute * 60 + inMinute
    const last = minutes.findLast((each) => each < minute)
    return last === undefined ? undefined : last * 60 + (seconds.at(-1) as number)
  }
  const from = (wall: WallTime): WallTime | undefined => {
    const number = Math.floor(wall / day)
    const today = isDay(number) ? timeFrom(Math.ceil((wall - number * day) / second)) : undefined
    if (today !== undefined) return number * day + today * second
    const other = dayBeside(number + 1, 1)
    return other === undefined ? undefined : other * day + (timeFrom(0) as number) * second
  }
  const until = (wall: WallTime): WallTime | undefined => {
    const number = Math.floor(wall / day)
    const today = isDay(number) ? timeUntil(Math.floor((wall - number * day) / second)) : undefined
    if (today !== undefined) return number * day + today * second
    const other = dayBeside(number - 1, -1)
    return other === undefined ? undefined : other * day + (timeUntil(secondsOfDay - 1) as number) * second
  }
  return { from, until, has: (wall) => from(wall) === wall }
}

/** Whether a day, counted from 1970-01-01, is one of an expression. */
function dayRule({ months, daysOfMonth, daysOfWeek }: CronFields): (number: number) => boolean {
  const isOfMonth = (date: Date): boolean =>
    daysOfMonth !== undefined &&
    (daysOfMonth.numbers.includes(date.getUTCDate()) || (daysOfMonth.last && date.getUTCDate() === daysIn(date)))
  const isOfWeek = (date: Date): boolean => {
    if (daysOfWeek === undefined) return false
    const { numbers, occurrence, last } = daysOfWeek
    const [inMonth, inWeek] = [date.getUTCDate(), date.getUTCDay()]
    if (last.includes(inWeek) && inMonth + 7 > daysIn(date)) return true
    return numbers.includes(inWeek) && (occurrence === undefined || Math.ceil(inMonth / 7) === occurrence)
  }
  const isAny = daysOfMonth === undefined && daysOfWeek === undefined
  return (number) => {
    const date = new Date(number * day)
    return months.includes(date.getUTCMonth() + 1) && (isAny || isOfMonth(date) || isOfWeek(date))
  }
}

function daysIn(date: Date): number {
  return new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate()
}
