import type { CalendarSpec, Range } from '@temporalio/client'
import { type CronFields, cronFields } from '../definitions/cron-fields.ts'

/** Times by the clocks of a zone, all that are in each of the lists. Numbers in order, as in {@link CronFields}. */
export interface PlainCalendar {
  readonly seconds: readonly number[]
  readonly minutes: readonly number[]
  readonly hours: readonly number[]
  readonly daysOfMonth: readonly number[]
  readonly months: readonly number[]
  readonly daysOfWeek: readonly number[]
  readonly years: readonly number[]
  readonly comment: string
}

/** Milliseconds of a minute. */
const minute = 60_000

/** The years that Temporal knows. */
const allYears = numbers(2000, 2100)
const leapYears = allYears.filter((year) => new Date(Date.UTC(year, 2, 0)).getUTCDate() === 29)
const commonYears = allYears.filter((year) => !leapYears.includes(year))
const allDays = numbers(1, 31)
const allWeekdays = numbers(0, 6)

/** Months that have their last day in common. */
const lengths: readonly { readonly last: number; readonly months: readonly number[]; readonly years: readonly number[] }[] = [
  { last: 31, months: [1, 3, 5, 7, 8, 10, 12], years: allYears },
  { last: 30, months: [4, 6, 9, 11], years: allYears },
  { last: 29, months: [2], years: leapYears },
  { last: 28, months: [2], years: commonYears },
]

/**
 * A cron expression as calendars. One asks for a day of month and a day of week at once, and knows neither `L` nor `#`: each way to a
 * day is a calendar of its own.
 */
export function calendarsOf(cron: string): readonly PlainCalendar[] {
  const { seconds, minutes, hours, months, daysOfMonth, daysOfWeek } = cronFields(cron, 'five or six fields')
  const any: PlainCalendar = {
    seconds,
    minutes,
    hours,
    months,
    daysOfMonth: allDays,
    daysOfWeek: allWeekdays,
    years: allYears,
    comment: cron,
  }
  if (daysOfMonth === undefined && daysOfWeek === undefined) return [any]
  const ways = [...daysInMonth(any, daysOfMonth), ...daysInWeek(any, daysOfWeek)]
  return ways.filter((each) => each.daysOfMonth.length > 0 && each.daysOfWeek.length > 0 && each.months.length > 0)
}

/**
 * A cron expression of each hour of each day, by clocks in UTC: it says minutes and seconds alone. Undefined for any other.
 *
 * @param ahead - how far the expression's clocks are ahead of UTC, but for full hours; milliseconds
 */
export function calendarOfEachHour(cron: string, ahead: number): PlainCalendar | undefined {
  const [calendar] = calendarsOf(cron)
  if (calendar === undefined || ahead % minute !== 0) return undefined
  const { hours, months, daysOfMonth, daysOfWeek, minutes } = calendar
  if (hours.length < 24 || months.length < 12 || daysOfMonth !== allDays || daysOfWeek !== allWeekdays) return undefined
  return { ...calendar, minutes: minutes.map((each) => (each + 60 - ahead / minute) % 60).toSorted((one, other) => one - other) }
}

function daysInMonth(any: PlainCalendar, days: CronFields['daysOfMonth']): readonly PlainCalendar[] {
  if (days === undefined) return []
  const last = days.last ? lengths.map((length) => withEnd(any, length, [length.last])) : []
  return [{ ...any, daysOfMonth: days.numbers }, ...last]
}

function daysInWeek(any: PlainCalendar, days: CronFields['daysOfWeek']): readonly PlainCalendar[] {
  if (days === undefined) return []
  const { numbers: daysOfWeek, occurrence, last } = days
  const week = occurrence === undefined ? allDays : allDays.filter((day) => Math.ceil(day / 7) === occurrence)
  const lastWeek = lengths.map((length) => ({ ...withEnd(any, length, numbers(length.last - 6, length.last)), daysOfWeek: last }))
  return [{ ...any, daysOfWeek, daysOfMonth: week }, ...lastWeek]
}

function withEnd(any: PlainCalendar, { months, years }: (typeof lengths)[number], daysOfMonth: readonly number[]): PlainCalendar {
  return { ...any, daysOfMonth, years, months: months.filter((month) => any.months.includes(month)) }
}

/** An hour by the clocks of a zone, on one date. */
export interface ClockHour {
  readonly year: number
  readonly month: number
  readonly day: number
  readonly hour: number
}

/** A calendar without some hours: the years, months and days that have some of these stand by themselves. */
export function withoutHours(calendar: PlainCalendar, taken: readonly ClockHour[]): readonly PlainCalendar[] {
  const found = split(calendar, taken, dateFields)
  return found.filter(({ years, months, daysOfMonth, hours }) => [years, months, daysOfMonth, hours].every(({ length }) => length > 0))
}

type DateField = readonly [field: 'years' | 'months' | 'daysOfMonth', of: (hour: ClockHour) => number]

const dateFields: readonly DateField[] = [
  ['years', ({ year }) => year],
  ['months', ({ month }) => month],
  ['daysOfMonth', ({ day }) => day],
]

function split(from: PlainCalendar, taken: readonly ClockHour[], [next, ...others]: readonly DateField[]): readonly PlainCalendar[] {
  if (next === undefined) return [{ ...from, hours: from.hours.filter((each) => !taken.some(({ hour }) => hour === each)) }]
  const [field, of] = next
  const own = new Set(taken.map(of).filter((each) => from[field].includes(each)))
  const rest = { ...from, [field]: from[field].filter((each) => !own.has(each)) }
  const ofOne = (one: number): readonly PlainCalendar[] =>
    split(
      { ...from, [field]: [one] },
      taken.filter((hour) => of(hour) === one),
      others,
    )
  return [rest, ...[...own].flatMap(ofOne)]
}

const monthNames = [
  'JANUARY',
  'FEBRUARY',
  'MARCH',
  'APRIL',
  'MAY',
  'JUNE',
  'JULY',
  'AUGUST',
  'SEPTEMBER',
  'OCTOBER',
  'NOVEMBER',
  'DECEMBER',
] as const
const dayNames = ['SUNDAY', 'MONDAY', 'TUESDAY', 'WEDNESDAY', 'THURSDAY', 'FRIDAY', 'SATURDAY'] as const

/** A calendar in Temporal's words. */
export function calendarSpec(calendar: PlainCalendar): CalendarSpec {
  return {
    second: ranges(calendar.seconds),
    minute: ranges(calendar.minutes),
    hour: ranges(calendar.hours),
    dayOfMonth: ranges(calendar.daysOfMonth),
    month: ranges(calendar.months).map(({ start, end, step }) => ({ start: monthName(start), end: monthName(end), step })),
    dayOfWeek: ranges(calendar.daysOfWeek).map(({ start, end, step }) => ({ start: dayName(start), end: dayName(end), step })),
    ...(calendar.years !== allYears && { year: ranges(calendar.years) }),
    comment: calendar.comment.slice(0, longestComment),
  }
}

/** Longest that Temporal takes. Unit: characters. */
const longestComment = 200

function monthName(month: number): (typeof monthNames)[number] {
  return monthNames[month - 1] ?? monthNames[0]
}

function dayName(day: number): (typeof dayNames)[number] {
  return dayNames[day] ?? dayNames[0]
}

/** Numbers in order, those that follow each other as one range. */
function ranges(list: readonly number[]): Range<number>[] {
  const found: { start: number; end: number; step: number }[] = []
  for (const number of list) {
    const last = found.at(-1)
    if (last !== undefined && last.end + 1 === number) last.end = number
    else found.push({ start: number, end: number, step: 1 })
  }
  return found
}

function numbers(first: number, last: number): readonly number[] {
  return Array.from({ length: last - first + 1 }, (_, index) => first + index)
}
