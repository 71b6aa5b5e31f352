import { describe, expect, it } from 'vitest'
import type { ScheduleTiming } from '../definitions/schedule-timing.ts'
import { cronAt, dueTick, isTick, nextTick, nextTicks, previousTick, startedFor } from './schedule-ticks.ts'

const at = (text: string): number => Date.parse(text)
const texts = (instants: readonly number[]): readonly string[] => instants.map((each) => new Date(each).toISOString().slice(0, 16))

const berlin: ScheduleTiming = { kind: 'cron', crons: ['30 1,2 * * *', '30 2 * * *', '0 12 * * sun'], timezone: 'Europe/Berlin' }
const interval: ScheduleTiming = { kind: 'interval', everyMs: 5_400_000, offsetMs: 300_000 }

describe('the ticks of a schedule', () => {
  it('are those of all its expressions, each time once', () => {
    expect(texts(nextTicks(berlin, at('2027-03-27T12:00Z'), 4))).toEqual([
      '2027-03-28T00:30',
      '2027-03-28T01:00',
      '2027-03-28T10:00',
      '2027-03-28T23:30',
    ])
    expect(cronAt(berlin, at('2027-03-28T01:00Z'))).toBe('30 1,2 * * *')
    expect(cronAt(berlin, at('2027-03-28T10:00Z'))).toBe('0 12 * * sun')
  })

  it('of an interval are its multiples, moved by its offset', () => {
    expect(texts(nextTicks(interval, at('2027-01-01T00:05Z'), 2))).toEqual(['2027-01-01T01:35', '2027-01-01T03:05'])
    expect(texts([previousTick(interval, at('2027-01-01T00:05Z'))])).toEqual(['2026-12-31T22:35'])
    expect([isTick(interval, at('2027-01-01T00:05Z')), isTick(interval, at('2027-01-01T00:06Z'))]).toEqual([true, false])
    expect(cronAt(interval, at('2027-01-01T00:05Z'))).toBeUndefined()
  })

  it('are told from times that come back and from times that somebody asked for', () => {
    expect(startedFor(berlin, at('2027-10-31T00:30Z'))).toBe('tick')
    expect(startedFor(berlin, at('2027-10-31T01:30Z'))).toBe('repeat')
    expect(startedFor(berlin, at('2027-10-31T01:31Z'))).toBe('repeat')
    expect(startedFor(berlin, at('2027-10-31T04:31Z'))).toBe('by hand')
    expect(startedFor(interval, at('2027-01-01T00:06Z'))).toBe('by hand')
  })

  it('that were missed come to the newest that is due, but for a moment that a busy server takes', () => {
    const latest = { timing: interval, missedTicks: 'latest', jitterMs: 0 } as const
    const [first, second, third] = nextTicks(interval, at('2027-01-01T00:00Z'), 3) as [number, number, number]
    expect(dueTick(latest, first, first + 9_000)).toBe(first)
    expect(dueTick(latest, first, second - 1)).toBe(first)
    expect(dueTick(latest, first, third)).toBe(third)
    expect(dueTick({ ...latest, missedTicks: 'all' }, first, third)).toBe(first)
    const fast = { ...latest, timing: { kind: 'interval', everyMs: 1_000, offsetMs: 0 } as const }
    expect(dueTick(fast, 0, 9_000)).toBe(0)
    expect(dueTick(fast, 0, 11_500)).toBe(11_000)
    expect(dueTick({ ...fast, jitterMs: 60_000 }, 0, 11_500)).toBe(0)
    expect(nextTick(fast.timing, 500)).toBe(1_000)
  })
})
