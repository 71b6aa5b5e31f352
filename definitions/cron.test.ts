import { describe, expect, it } from 'vitest'
import { chance, type Clocks, clocks, places, quarter } from '../tests/zone-clocks.ts'
import { cronTicks, requireCron, requireZone } from './cron.ts'
import type { Tick } from './partitions/cadence.ts'

const day = 86_400_000

/** A cron expression, and what it means said without one. */
interface Asked {
  readonly cron: string
  readonly isAsked: (wall: Date) => boolean
  readonly isHourly: boolean
}

function asked(cron: string, isDay: (wall: Date) => boolean, hours: readonly number[], minutes: readonly number[]): Asked {
  const isAsked = (wall: Date): boolean =>
    isDay(wall) && (hours.length === 0 || hours.includes(wall.getUTCHours())) && minutes.includes(wall.getUTCMinutes())
  return { cron, isAsked, isHourly: hours.length === 0 }
}

/** One that runs hourly ticks when its time is shown; another when it is first shown or jumped over. */
function modelTicks({ isAsked, isHourly }: Asked, shown: Clocks): readonly number[] {
  if (isHourly) return shown.flatMap(([instant, wall]) => (isAsked(new Date(wall)) ? [instant] : []))
  const [first, last] = [shown[0]?.[1] ?? 0, shown.at(-1)?.[1] ?? 0]
  const walls = Array.from({ length: (last - first) / quarter }, (_, index) => first + index * quarter)
  const instants = walls.flatMap((wall) => (isAsked(new Date(wall)) ? [shown.find(([, each]) => each >= wall)?.[0] ?? 0] : []))
  return [...new Set(instants)]
}

function drawn(random: (below: number) => number): Asked {
  const minutes = random(2) === 0 ? [0, 15, 30, 45] : [random(4) * 15]
  const hours = random(3) === 0 ? [] : [...new Set([random(4), random(24)])]
  const [date, weekday] = [1 + random(31), random(7)]
  const times = `${minutes.length === 4 ? '*/15' : minutes.join()} ${hours.length === 0 ? '*' : hours.join()}`
  const days = [
    ['* * *', () => true],
    [`* * ${weekday}`, (wall: Date) => wall.getUTCDay() === weekday],
    [`${date} * *`, (wall: Date) => wall.getUTCDate() === date],
    [`${date} * ${weekday}`, (wall: Date) => wall.getUTCDate() === date || wall.getUTCDay() === weekday],
    ['* 3-4,dec *', (wall: Date) => [2, 3, 11].includes(wall.getUTCMonth())],
  ] as const
  const [text, isDay] = days[random(days.length)] ?? days[0]
  return asked(`${times} ${text}`, isDay, hours, minutes)
}

describe.each(places)('a cron expression in %s around %s', (timezone, date) => {
  const middle = Date.parse(date)
  const shown = clocks(timezone, middle - 40 * day, middle + 40 * day)

  it('ticks when a model that looks at the clocks does', () => {
    const random = chance(middle)
    for (let round = 0; round < 12; round += 1) {
      const expression = drawn(random)
      const { next, previous, isTick } = cronTicks(expression.cron, timezone)
      const [from, to] = [middle - 3 * day, middle + 4 * day]
      const expected = modelTicks(expression, shown).filter((instant) => instant >= from && instant < to)
      const forwards: Tick[] = []
      for (let at = next(from - 1); at.instant < to && forwards.length <= expected.length; at = next(at.instant)) forwards.push(at)
      const backwards: Tick[] = []
      for (let at = previous(to); at.instant >= from && backwards.length <= expected.length; at = previous(at.instant))
        backwards.unshift(at)
      expect([expression.cron, forwards.map(({ instant }) => instant)]).toEqual([expression.cron, expected])
      expect(backwards).toEqual(forwards)
      const instants = shown.map(([instant]) => instant).filter((instant) => instant >= from && instant < to)
      expect(instants.filter((instant) => isTick(instant))).toEqual(expected)
    }
  })
})

function times(cron: string, after: string, count: number, timezone = 'UTC'): readonly string[] {
  const { next } = cronTicks(cron, timezone)
  const found: string[] = []
  for (let at = Date.parse(after); found.length < count; found.push(new Date(at).toISOString().replace(':00.000Z', '')))
    at = next(at).instant
  return found
}

describe('cron expressions', () => {
  it('know names, words, the last day and the second Monday', () => {
    expect(times('30 6 * jan,Jul mon', '2027-01-01', 2)).toEqual(['2027-01-04T06:30', '2027-01-11T06:30'])
    expect(times('@weekly', '2027-01-01', 2)).toEqual(['2027-01-03T00:00', '2027-01-10T00:00'])
    expect(times('@midnight', '2027-01-01', 1)).toEqual(['2027-01-02T00:00'])
    expect(times('0 12 L * *', '2027-02-01', 2)).toEqual(['2027-02-28T12:00', '2027-03-31T12:00'])
    expect(times('0 12 * * 1#2', '2027-02-01', 2)).toEqual(['2027-02-08T12:00', '2027-03-08T12:00'])
    expect(times('0 12 * * 5L', '2027-02-01', 2)).toEqual(['2027-02-26T12:00', '2027-03-26T12:00'])
    expect(times('0 12 1 * 7', '2027-02-01T12:00Z', 2)).toEqual(['2027-02-07T12:00', '2027-02-14T12:00'])
    expect(times('0 0 29 2 *', '2097-01-01', 1)).toEqual(['2104-02-29T00:00'])
  })

  it('have seconds first where there are six fields', () => {
    expect(times('*/20 59 23 31 12 *', '2027-01-01', 4)).toEqual([
      '2027-12-31T23:59',
      '2027-12-31T23:59:20.000Z',
      '2027-12-31T23:59:40.000Z',
      '2028-12-31T23:59',
    ])
  })

  it('that name several skipped times tick once for them, when the clocks jump', () => {
    expect(times('*/15 2 * * *', '2027-03-27T12:00Z', 2, 'Europe/Berlin')).toEqual(['2027-03-28T01:00', '2027-03-29T00:00'])
  })

  it.each([
    ['*/90 * * * *', `steps beyond 59 at once, so it means 0 alone. Write "0" if that is meant. For every 90 minutes use an interval`],
    ['0 */24 * * *', `For every 24 hours use an interval: every: '24 hours'`],
    ['0 0 * * */7', 'steps beyond 6 at once'],
    ['10-20/15 * * * *', 'steps beyond 20 at once, so it means 10 alone'],
    ['0 0 31 2 *', 'that ever ticks'],
    ['0 0 31 4,6 *', 'that ever ticks'],
    ['@reboot', 'it is "@reboot", which is no time. Words are @yearly'],
    ['@dayly', 'which is no word for a time'],
    ['0 0 * *', 'it has 4 fields, not five or six fields'],
    ['', 'it has 0 fields'],
    ['0 0 0 0 0 0 0', 'it has 7 fields'],
    ['H * * * *', '"H" in the field "minute" can\'t be read'],
    ['0 0 * janfeb *', '"janfeb" in the field "month" can\'t be read'],
    ['0 0 15W * *', '"15W" in the field "day of month" can\'t be read'],
    ['60 * * * *', 'got value 60 expected range 0-59'],
    ['*/0 * * * *', 'cannot repeat at every 0 time'],
    ['0 0 * * 1#6', 'is no cron expression'],
    ['every day', 'it has 2 fields'],
    [5, 'it is a number, not a text'],
  ])('are refused where they say something else or nothing: %s', (cron, text) => {
    const error = expect.objectContaining({ code: 'INVALID_OPTION', message: expect.stringContaining(text) })
    expect(() => requireCron('schedule "s"', 'cron', cron as string, 'five or six fields')).toThrow(error)
  })

  it('of five fields have no seconds and no words', () => {
    for (const cron of ['0 0 0 * * *', '@daily']) expect(() => requireCron('p', 'cron', cron, 'five fields')).toThrow('of five fields')
    expect(() => requireZone('p', 'Mars/Olympus')).toThrow('timezone "Mars/Olympus" is not known')
  })
})
