import { describe, expect, it } from 'vitest'
import { chance, type Clocks, clocks, places, quarter } from '../../tests/zone-clocks.ts'
import { hasPartition, partitionCount, partitionKeys, partitionKeysBackwards } from './partition-keys.ts'
import { partitionKeyRange } from './partition-range.ts'
import { partitionAt, partitionWindow } from './partition-window.ts'
import type { TimePartitionsSpec } from './partitions-spec.ts'
import { cronPartitions, dailyPartitions, hourlyPartitions, monthlyPartitions, weeklyPartitions } from './window-partitions.ts'

const minute = 60_000
const day = 86_400_000

interface ModelTick {
  readonly instant: number
  readonly key: string
}

/** The times that a calendar definition asks for, by the clocks, one after another. */
function askedWalls(spec: TimePartitionsSpec, from: number, to: number): readonly number[] {
  if (spec.kind === 'cron' || spec.kind === 'hourly') return []
  const days = Array.from({ length: (to - from) / day }, (_, index) => from + index * day)
  const isAsked = (date: Date): boolean =>
    spec.kind === 'daily' || (spec.kind === 'weekly' ? date.getUTCDay() : date.getUTCDate()) === spec.dayOffset
  return days.filter((each) => isAsked(new Date(each))).map((each) => each + (spec.hourOffset * 60 + spec.minuteOffset) * minute)
}

/** A window starts when the clocks first reach or pass the time; two that start at once are the later one. */
function calendarTicks(spec: TimePartitionsSpec, all: Clocks, from: number, to: number): readonly ModelTick[] {
  const shown = all.filter(([instant]) => instant >= from && instant < to)
  const ticks = askedWalls(spec, from - (from % day), to).flatMap((wall) => {
    const at = shown.find(([, each]) => each >= wall)
    return at === undefined ? [] : [{ instant: at[0], key: new Date(wall).toISOString().slice(0, 10) }]
  })
  return ticks.filter(({ instant }, index) => ticks[index + 1]?.instant !== instant)
}

/** An hour starts whenever the clocks show its minute; what they showed before has the offset behind its key. */
function hourlyTicks(all: Clocks, minuteOffset: number, from: number, to: number): readonly ModelTick[] {
  const seen = new Set<number>()
  return all.flatMap(([instant, wall]) => {
    if (instant < from || instant >= to || new Date(wall).getUTCMinutes() !== minuteOffset) return []
    const text = new Date(wall).toISOString()
    const key = `${text.slice(0, 10)}-${text.slice(11, 16)}`
    const again = seen.has(wall)
    seen.add(wall)
    return [{ instant, key: again ? `${key}${offsetOf(wall - instant)}` : key }]
  })
}

function offsetOf(offset: number): string {
  const sign = offset < 0 ? '-' : '+'
  return sign + new Date(Math.abs(offset)).toISOString().slice(11, 16)
}

function expectSame(spec: TimePartitionsSpec, ticks: readonly ModelTick[], now: number): void {
  const at = { now: new Date(now) }
  const [start, end] = [Date.parse(spec.start), spec.end === null ? Infinity : Date.parse(spec.end)]
  const over = ticks.findLastIndex(({ instant }) => instant <= now) + spec.endOffset
  const windows = ticks.slice(0, -1).map((tick, index) => ({ ...tick, end: ticks[index + 1]?.instant ?? 0, exists: index < over }))
  const expected = windows.filter((window) => window.exists && window.instant >= start && window.end <= end)
  const keys = expected.map(({ key }) => key)
  expect([...partitionKeys(spec, at)]).toEqual(keys)
  expect([...partitionKeysBackwards(spec, at)]).toEqual(keys.toReversed())
  expect(partitionCount(spec, at)).toBe(keys.length)
  expect(new Set(keys).size).toBe(keys.length)
  for (const window of windows) {
    expect([window.key, hasPartition(spec, window.key, at)]).toEqual([window.key, expected.includes(window)])
    if (window.instant < start || window.end > end) continue
    const { start: begun, end: ended } = partitionWindow(spec, window.key)
    expect([begun.getTime(), ended.getTime()]).toEqual([window.instant, window.end])
    expect(partitionAt(spec, new Date(window.instant))).toBe(window.key)
    expect(partitionAt(spec, new Date(window.end - 1))).toBe(window.key)
  }
  const [first, last] = [keys[1], keys.at(-2)]
  if (keys.length > 3) expect([...partitionKeyRange(spec, `${first}...${last}`, at)]).toEqual(keys.slice(1, -1))
}

describe.each(places)('windows in %s around %s', (timezone, date) => {
  const middle = Date.parse(date)
  const shown = clocks(timezone, middle - 170 * day, middle + 200 * day)

  /** Start, now and perhaps an end at some quarters around the day, so many days away at most. */
  function drawn(random: (below: number) => number, days: number) {
    const around = (offset: number): number => middle + offset * day + random((days * day) / quarter) * quarter
    return {
      options: {
        timezone,
        start: new Date(around(-days)),
        endOffset: random(3) === 0 ? random(5) - 2 : 0,
        ...(random(2) === 0 && { end: new Date(around(0) + day) }),
      },
      now: around(0),
      from: middle - (days + 10) * day,
      to: middle + (days + 20) * day,
    }
  }

  it('of a day are those of a model that looks at the clocks', () => {
    const random = chance(middle)
    for (let round = 0; round < 6; round += 1) {
      const { options, now, from, to } = drawn(random, 4)
      const { spec } = dailyPartitions({ ...options, hourOffset: random(24), minuteOffset: random(4) * 15 })
      expectSame(spec, calendarTicks(spec, shown, from, to), now)
    }
  })

  it('of a day at each quarter of an hour in which the clocks may be set', () => {
    for (const hourOffset of [0, 1, 2, 3, 22, 23]) {
      for (const minuteOffset of [0, 15, 30, 45]) {
        const { spec } = dailyPartitions({ timezone, start: new Date(middle - 3 * day), hourOffset, minuteOffset })
        expectSame(spec, calendarTicks(spec, shown, middle - 6 * day, middle + 9 * day), middle + 4 * day)
      }
    }
  })

  it('of a week and of a month, too', () => {
    const random = chance(middle + 1)
    for (let round = 0; round < 3; round += 1) {
      const { options, now, from, to } = drawn(random, 30)
      const times = { ...options, hourOffset: random(24), minuteOffset: random(4) * 15 }
      const weekly = weeklyPartitions({ ...times, dayOffset: random(7) }).spec
      expectSame(weekly, calendarTicks(weekly, shown, from, to), now)
      const monthly = monthlyPartitions({ ...times, dayOffset: 1 + random(28) }).spec
      expectSame(monthly, calendarTicks(monthly, shown, from - 60 * day, to + 60 * day), now)
    }
  })

  it('of an hour, where one that comes twice has two keys', () => {
    const random = chance(middle + 2)
    for (let round = 0; round < 4; round += 1) {
      const { options, now } = drawn(random, 2)
      const minuteOffset = random(4) * 15
      const { spec } = hourlyPartitions({ ...options, minuteOffset })
      expectSame(spec, hourlyTicks(shown, minuteOffset, middle - 5 * day, middle + 8 * day), now)
    }
  })
})

/** Where no clock jumps over midnight. */
const withoutJumps = places.filter(([timezone, date]) => !['2026-03-28', '2011-12-30'].includes(date) || timezone === 'UTC')

describe.each(withoutJumps)('windows by a cron expression in %s around %s', (timezone, date) => {
  const middle = Date.parse(date)

  it('are those of the day or the hour that it says', () => {
    const [start, now] = [new Date(middle - 3 * day), middle + 4 * day]
    for (const hour of [0, 1, 2, 3, 12, 23]) {
      const daily = dailyPartitions({ timezone, start, hourOffset: hour, minuteOffset: 30 }).spec
      const cron = cronPartitions({ timezone, start, cron: `30 ${hour} * * *` }).spec
      expect(windows(cron, now)).toEqual(windows(daily, now))
    }
    for (const minuteOffset of [0, 30]) {
      const hourly = hourlyPartitions({ timezone, start, minuteOffset }).spec
      const cron = cronPartitions({ timezone, start, cron: `${minuteOffset} * * * *` }).spec
      expect([...partitionKeys(cron, { now: new Date(now) })]).toEqual([...partitionKeys(hourly, { now: new Date(now) })])
      expect(windows(cron, now)).toEqual(windows(hourly, now))
    }
  })
})

describe('windows by a cron expression where clocks jump over midnight', () => {
  it('leave the skipped time out', () => {
    const { spec } = cronPartitions({ timezone: 'America/Nuuk', start: '2026-03-26', cron: '30 23 * * *' })
    expect([...partitionKeys(spec, { now: new Date('2026-03-31T12:00:00Z') })]).toEqual(['2026-03-26', '2026-03-27', '2026-03-29'])
  })
})

function windows(spec: TimePartitionsSpec, now: number): readonly number[] {
  return Array.from(partitionKeys(spec, { now: new Date(now) }), (key) => partitionWindow(spec, key).start.getTime())
}
