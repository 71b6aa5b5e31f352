import { describe, expect, test } from 'vitest'
import { asset } from './asset.ts'
import type { CheckContext, LatestRecord } from './check-context.ts'
import { freshnessCheck } from './freshness-check.ts'

const orders = asset({ key: 'orders', materialize: () => 1 })
const daily = freshnessCheck({ asset: orders, maxAge: '1 day' })
const now = new Date('2026-03-10T12:00:00Z')

/** A context in which the asset was last materialized or observed so many hours ago. */
function context(latest: {
  readonly materialized?: number
  readonly observed?: number
  readonly version?: number
}): CheckContext<undefined> {
  const ago = (hours: number): Date => new Date(now.getTime() - hours * 3_600_000)
  const record = (hours: number | undefined): LatestRecord | undefined =>
    hours === undefined ? undefined : { time: ago(hours), metadata: {}, dataVersion: latest.version === undefined ? undefined : 'v1' }
  return {
    assetKey: 'orders',
    now,
    latestMaterialization: record(latest.materialized),
    latestObservation: record(latest.observed),
    dataVersionAt: latest.version === undefined ? undefined : ago(latest.version),
  } as CheckContext<undefined>
}

const passes = (latest: Parameters<typeof context>[0]): boolean => daily.check({}, context(latest)).passed

describe('a freshness check', () => {
  test('is a check that loads nothing', () => {
    expect(daily).toMatchObject({ name: 'freshness', assetKey: 'orders', blocking: false, description: undefined, inputs: {} })
    expect(freshnessCheck({ asset: orders, maxAge: 1, name: 'recent', blocking: true, description: 'of today' })).toMatchObject({
      name: 'recent',
      blocking: true,
      description: 'of today',
    })
  })

  test('passes up to the age, and not beyond it', () => {
    expect(passes({ materialized: 23 })).toBe(true)
    expect(passes({ materialized: 24 })).toBe(true)
    expect(passes({ materialized: 24.001 })).toBe(false)
  })

  test('says how old the asset is', () => {
    expect(daily.check({}, context({ materialized: 30 }))).toEqual({
      passed: false,
      severity: 'ERROR',
      description: 'Last updated 1 day ago; 1 day at most are expected.',
      metadata: { lastUpdated: new Date('2026-03-09T06:00:00Z'), ageSeconds: 108_000, maximumAgeSeconds: 86_400 },
    })
  })

  test('has the severity that it was given', () => {
    expect(freshnessCheck({ asset: orders, maxAge: '1 hour', severity: 'WARN' }).check({}, context({ materialized: 2 }))).toMatchObject({
      passed: false,
      severity: 'WARN',
    })
  })

  test('does not pass for an asset that was never there', () => {
    expect(daily.check({}, context({}))).toEqual({
      passed: false,
      severity: 'ERROR',
      description: '"orders" was never materialized or observed.',
    })
  })

  test('takes the later of materialization and observation', () => {
    expect(passes({ materialized: 1, observed: 30 })).toBe(true)
    expect(passes({ materialized: 30, observed: 1 })).toBe(true)
    expect(passes({ materialized: 30, observed: 30 })).toBe(false)
  })

  test('takes an observed data version to be as old as when it was first found', () => {
    expect(passes({ observed: 1, version: 30 })).toBe(false)
    expect(passes({ observed: 1, version: 2 })).toBe(true)
  })

  test('takes a clock that is behind for no age', () => {
    expect(daily.check({}, context({ materialized: -1 }))).toMatchObject({ passed: true, metadata: { ageSeconds: 0 } })
  })

  test('is refused with an age that is none', () => {
    expect(() => freshnessCheck({ asset: orders, maxAge: 'soon' as never })).toThrow(
      'freshnessCheck: maxAge is "soon", which is not a duration',
    )
    expect(() => freshnessCheck({ asset: orders, maxAge: '1 day', name: 'a b' })).toThrow('"a b" can\'t name a check')
  })
})
