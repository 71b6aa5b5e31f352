import { describe, expect, test } from 'vitest'
import { FreshnessPolicy, type FreshnessPolicySpec } from '../definitions/freshness-policy.ts'
import { type FreshnessState, freshnessOf } from './freshness.ts'

const minute = 60_000
const hour = 60 * minute
const at = (text: string): Date => new Date(text)

/** What the clocks of a zone show, as `day hour:minute`. */
function clockOf(zone: string): (instant: number) => string {
  const format = new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short', timeStyle: 'short' })
  return (instant) => format.format(instant)
}

/** The deadlines of one time a day, found by looking at the clock each minute: as it is passed, and the first time only. */
function dailyDeadlines(time: string, zone: string, from: number, to: number): readonly number[] {
  const clock = clockOf(zone)
  const days = new Set<string>()
  const found: number[] = []
  for (let instant = from; instant < to; instant += minute) {
    const [day, shown] = clock(instant).split(' ') as [string, string]
    if (shown < time || days.has(day)) continue
    days.add(day)
    // The first minute that is looked at may lie behind the time.
    if (instant > from) found.push(instant)
  }
  return found
}

/** The state by the policy's own words. */
function stateInWords(policy: FreshnessPolicySpec, deadlines: readonly number[], updated: number, now: number): FreshnessState {
  if (policy.kind === 'cron') {
    const last = deadlines.findLast((deadline) => deadline <= now)
    return last === undefined || updated >= last - policy.lowerBoundMs ? 'PASS' : 'FAIL'
  }
  const age = now - updated
  if (age >= policy.failWindowMs) return 'FAIL'
  return policy.warnWindowMs !== null && age >= policy.warnWindowMs ? 'WARN' : 'PASS'
}

/** Numbers that are the same in each run of the test. */
function chance(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648
    return Math.floor((state / 2_147_483_648) * below)
  }
}

describe('how fresh an asset is', () => {
  const day = FreshnessPolicy.timeWindow({ failWindow: '1 day', warnWindow: '90 minutes' }).spec
  const nine = FreshnessPolicy.cron({ deadline: '0 9 * * *', lowerBound: '2 hours', timezone: 'Europe/Berlin' }).spec

  test('is not known of one that was never updated', () => {
    for (const policy of [day, nine]) {
      expect(freshnessOf(policy, null, at('2026-03-10T12:00:00Z'))).toEqual({
        state: 'UNKNOWN',
        reason: 'It was never materialized, nor seen by an observation.',
        since: null,
        nextChangeAt: null,
      })
    }
  })

  test('says why, since when and until when, by age', () => {
    const updated = at('2026-03-10T12:00:00Z')
    expect(freshnessOf(day, updated, at('2026-03-10T13:29:59.999Z'))).toEqual({
      state: 'PASS',
      reason: 'Its last update was 2026-03-10T12:00:00.000Z, which is less than 90 minutes ago.',
      since: updated,
      nextChangeAt: at('2026-03-10T13:30:00Z'),
    })
    expect(freshnessOf(day, updated, at('2026-03-10T13:30:00Z'))).toEqual({
      state: 'WARN',
      reason: 'Its last update was 2026-03-10T12:00:00.000Z; it warns after 90 minutes and fails after 1 day.',
      since: at('2026-03-10T13:30:00Z'),
      nextChangeAt: at('2026-03-11T12:00:00Z'),
    })
    expect(freshnessOf(day, updated, at('2026-03-14T00:00:00Z'))).toEqual({
      state: 'FAIL',
      reason: 'Its last update was 2026-03-10T12:00:00.000Z; it fails after 1 day.',
      since: at('2026-03-11T12:00:00Z'),
      nextChangeAt: null,
    })
  })

  test('says why, since when and until when, by deadlines', () => {
    // 07:30 and 06:59 in Berlin; the deadline is at 08:00 UTC.
    expect(freshnessOf(nine, at('2026-03-10T06:30:00Z'), at('2026-03-11T07:59:59Z'))).toEqual({
      state: 'PASS',
      reason: 'Its last update was 2026-03-10T06:30:00.000Z, in time until 2026-03-11T08:00:00.000Z.',
      since: at('2026-03-10T06:30:00Z'),
      nextChangeAt: at('2026-03-11T08:00:00Z'),
    })
    expect(freshnessOf(nine, at('2026-03-10T05:59:59Z'), at('2026-03-10T08:00:00Z'))).toEqual({
      state: 'FAIL',
      reason:
        'Its last update was 2026-03-10T05:59:59.000Z; the deadline 2026-03-10T08:00:00.000Z asks for one in the 2 hours before, or since.',
      since: at('2026-03-10T08:00:00Z'),
      nextChangeAt: null,
    })
    // Late is better than never, and exactly at the bound is in time.
    expect(freshnessOf(nine, at('2026-03-10T08:20:00Z'), at('2026-03-10T09:00:00Z')).state).toBe('PASS')
    expect(freshnessOf(nine, at('2026-03-10T06:00:00Z'), at('2026-03-10T08:00:00Z')).state).toBe('PASS')
  })

  test('is good where the update is in the future, as clocks differ', () => {
    const updated = at('2026-03-10T12:00:05Z')
    expect(freshnessOf(FreshnessPolicy.timeWindow({ failWindow: '1 s' }).spec, updated, at('2026-03-10T12:00:00Z'))).toMatchObject({
      state: 'PASS',
      nextChangeAt: at('2026-03-10T12:00:06Z'),
    })
  })

  // Days on which the clocks are set, forward and back; in Lord Howe by half an hour.
  const zones = [
    ['UTC', '2026-03-29T00:00:00Z'],
    ['Europe/Berlin', '2026-03-29T00:00:00Z'],
    ['Europe/Berlin', '2026-10-25T00:00:00Z'],
    ['America/New_York', '2026-03-08T00:00:00Z'],
    ['America/New_York', '2026-11-01T00:00:00Z'],
    ['Australia/Lord_Howe', '2026-10-03T12:00:00Z'],
    ['Asia/Kathmandu', '2026-05-01T00:00:00Z'],
  ] as const

  test.each(zones)('agrees with the words of the policy at each minute, in %s around %s', (timezone, around) => {
    const random = chance(7)
    const middle = at(around).getTime()
    const [from, to] = [middle - 30 * hour, middle + 30 * hour]
    for (const time of ['02:30', `${String(random(24)).padStart(2, '0')}:${String(random(60)).padStart(2, '0')}`]) {
      const deadline = `${Number(time.slice(3))} ${Number(time.slice(0, 2))} * * *`
      const lowerBound = (1 + random(26 * 60)) * minute
      const policies = [
        FreshnessPolicy.cron({ deadline, lowerBound, timezone }).spec,
        FreshnessPolicy.timeWindow({ failWindow: 26 * hour, warnWindow: lowerBound > 25 * hour ? hour : lowerBound }).spec,
      ]
      const deadlines = dailyDeadlines(time, timezone, from - 24 * hour, to)
      for (const policy of policies)
        for (let turn = 0; turn < 2; turn += 1) expectAgreement(policy, deadlines, from + random(12 * 60) * minute + random(minute), to)
    }
  })

  /** Goes through the minutes: each state is that of the words, and it changes when it was said to, and at no other time. */
  function expectAgreement(policy: FreshnessPolicySpec, deadlines: readonly number[], updated: number, to: number): void {
    const wrong: unknown[] = []
    let before = freshnessOf(policy, new Date(updated), new Date(updated))
    for (let now = Math.ceil(updated / minute) * minute; now < to; now += minute) {
      const found = freshnessOf(policy, new Date(updated), new Date(now))
      const hasChangedByItself = before.nextChangeAt !== null && before.nextChangeAt.getTime() <= now
      const isSo = found.state === stateInWords(policy, deadlines, updated, now)
      const isAnnounced = (found.state !== before.state) === hasChangedByItself
      const isSince = found.state === before.state || found.since?.getTime() === before.nextChangeAt?.getTime()
      if (!isSo || !isAnnounced || !isSince) wrong.push({ updated, now, found, before })
      before = found
      // The moment of the next change, and the one before it, are looked at too.
      const change = found.nextChangeAt?.getTime() ?? Infinity
      if (change <= now + minute) wrong.push(...around(policy, deadlines, updated, change))
    }
    expect(wrong, JSON.stringify(policy)).toEqual([])
  }

  function around(policy: FreshnessPolicySpec, deadlines: readonly number[], updated: number, change: number): readonly unknown[] {
    return [change - 1, change].flatMap((now) => {
      const { state } = freshnessOf(policy, new Date(updated), new Date(now))
      return state === stateInWords(policy, deadlines, updated, now) ? [] : [{ updated, now, state }]
    })
  }
})
