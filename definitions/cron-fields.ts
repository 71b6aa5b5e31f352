import { CronExpressionParser } from 'cron-parser'

/** What a cron expression says: the times at which clocks have to stand. Each list is in order. */
export interface CronFields {
  readonly seconds: readonly number[]
  readonly minutes: readonly number[]
  readonly hours: readonly number[]
  /** From 1 for January. */
  readonly months: readonly number[]
  /** Undefined where the expression leaves them open. Where both kinds of day are given, a day of either ticks. */
  readonly daysOfMonth: DaysOfMonth | undefined
  readonly daysOfWeek: DaysOfWeek | undefined
}

/** Days of a month. */
export interface DaysOfMonth {
  readonly numbers: readonly number[]
  /** `L`: also the last one, whichever that is. */
  readonly last: boolean
}

/** Days of a week, 0 for Sunday. */
export interface DaysOfWeek {
  readonly numbers: readonly number[]
  /** `#`: only the first to the fifth of these in a month. */
  readonly occurrence: number | undefined
  /** `5L`: also the last such day of a month. */
  readonly last: readonly number[]
}

/** How many fields an expression may have. Six begin with the seconds; words such as `@daily` stand for fields. */
export type CronStyle = 'five fields' | 'five or six fields'

/** Names and ends of the fields, and the word for a step of each where an interval could do instead. */
const fieldRules = [
  { name: 'second', least: 0, most: 59, unit: 'seconds' },
  { name: 'minute', least: 0, most: 59, unit: 'minutes' },
  { name: 'hour', least: 0, most: 23, unit: 'hours' },
  { name: 'day of month', least: 1, most: 31, unit: 'days' },
  { name: 'month', least: 1, most: 12, unit: undefined },
  { name: 'day of week', least: 0, most: 6, unit: 'days' },
] as const

type FieldRule = (typeof fieldRules)[number]

const words = ['@yearly', '@annually', '@monthly', '@weekly', '@daily', '@midnight', '@hourly', '@weekdays', '@weekends']

/** One of what stands between commas: `*`, `5`, `1-5`, `mon`, `L`, `5L`, `mon#2`, with a step perhaps. */
const item = /^(?:(?:[*?]|(?:\d+|[a-z]{3})(?:-(?:\d+|[a-z]{3}))?)(?:\/\d+)?|\d?L|(?:\d+|[a-z]{3})#\d)$/i

/** Reads a cron expression. @throws Error that says what is wrong with it */
export function cronFields(cron: string, style: CronStyle): CronFields {
  if (typeof cron !== 'string') throw new TypeError(`it is ${cron === null ? 'null' : `a ${typeof cron}`}, not a text`)
  if (cron.startsWith('@')) return ofWord(cron, style)
  const texts = cron.trim().split(/\s+/)
  const most = style === 'five fields' ? 5 : 6
  if (texts.length < 5 || texts.length > most || cron.trim() === '')
    throw new Error(`it has ${cron.trim() === '' ? 0 : texts.length} fields, not ${style}`)
  const rules = fieldRules.slice(-texts.length)
  texts.forEach((text, index) => requireField(text, rules[index] as FieldRule))
  return parsed(texts.join(' '))
}

function ofWord(cron: string, style: CronStyle): CronFields {
  if (style === 'five fields') throw new Error('words are not for this. Write its fields')
  if (!words.includes(cron)) {
    const why = cron === '@reboot' ? 'which is no time' : 'which is no word for a time'
    throw new Error(`it is ${JSON.stringify(cron)}, ${why}. Words are ${words.join(', ')}`)
  }
  return parsed(cron === '@midnight' ? '@daily' : cron)
}

function requireField(text: string, rule: FieldRule): void {
  for (const part of text.split(',')) {
    if (!item.test(part)) throw new Error(`${JSON.stringify(part)} in the field "${rule.name}" can't be read`)
    requireStep(part, rule)
  }
}

/** A step that leads out of its field at once is a slip: it says something other than it looks like. */
function requireStep(part: string, { name, least, most, unit }: FieldRule): void {
  const [, range = '', step = ''] = /^(.*)\/(\d+)$/.exec(part) ?? []
  if (step === '' || Number(step) <= 1) return
  const [start, end = ''] = range.replace(/^[*?]$/, `${least}-${most}`).split('-')
  const [first, last] = [Number(start), end === '' ? most : Number(end)]
  // Of names cron-parser says what it thinks of them.
  if (Number.isNaN(first + last) || first + Number(step) <= last) return
  const interval = unit === undefined ? '' : `. For every ${step} ${unit} use an interval: every: '${step} ${unit}'`
  throw new Error(
    `"${part}" in the field "${name}" steps beyond ${last} at once, so it means ${first} alone. Write "${first}" if that is meant${interval}`,
  )
}

function parsed(text: string): CronFields {
  const { second, minute, hour, dayOfMonth, month, dayOfWeek } = CronExpressionParser.parse(text, { tz: 'UTC' }).fields
  const daysOfMonth: readonly unknown[] = dayOfMonth.values
  const daysOfWeek: readonly unknown[] = dayOfWeek.values
  return {
    seconds: second.values,
    minutes: minute.values,
    hours: hour.values,
    months: month.values,
    daysOfMonth: dayOfMonth.isWildcard ? undefined : { numbers: daysOfMonth.filter(isNumber), last: daysOfMonth.includes('L') },
    daysOfWeek: dayOfWeek.isWildcard
      ? undefined
      : {
          numbers: weekdays(daysOfWeek.filter(isNumber)),
          occurrence: dayOfWeek.nthDay === 0 ? undefined : dayOfWeek.nthDay,
          last: weekdays(daysOfWeek.filter((value) => typeof value === 'string').map((value) => Number(value.slice(0, -1)))),
        },
  }
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number'
}

/** Sunday is 0 and 7. */
function weekdays(numbers: readonly number[]): readonly number[] {
  return [...new Set(numbers.map((number) => number % 7))].toSorted((a, b) => a - b)
}
