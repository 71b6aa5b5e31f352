import { describe, expect, test } from 'vitest'
import { asset } from './asset.ts'
import { definitions } from './definitions.ts'
import { externalAsset } from './external-asset.ts'
import { applyFreshnessPolicy, FreshnessPolicy } from './freshness-policy.ts'
import { graphAsset } from './graph-asset.ts'
import { multiAsset } from './multi-asset.ts'
import { observableAsset } from './observable-asset.ts'
import { op } from './op.ts'

const day = FreshnessPolicy.timeWindow({ failWindow: '1 day', warnWindow: '12 hours' })
const nine = FreshnessPolicy.cron({ deadline: '0 9 * * *', lowerBound: '2 hours', timezone: 'Europe/Berlin' })

describe('a freshness policy', () => {
  test('is plain data', () => {
    expect(day.spec).toEqual({ kind: 'time-window', failWindowMs: 86_400_000, warnWindowMs: 43_200_000 })
    expect(FreshnessPolicy.timeWindow({ failWindow: 1_000 }).spec).toEqual({ kind: 'time-window', failWindowMs: 1_000, warnWindowMs: null })
    expect(nine.spec).toEqual({ kind: 'cron', deadline: '0 9 * * *', lowerBoundMs: 7_200_000, timezone: 'Europe/Berlin' })
    expect(FreshnessPolicy.cron({ deadline: '* * * * *', lowerBound: '1 s' }).spec).toMatchObject({ timezone: 'UTC' })
  })

  test.each([
    [() => FreshnessPolicy.timeWindow({ failWindow: 999 }), /failWindow is 999, which is not a duration of at least 1000 ms/],
    [() => FreshnessPolicy.timeWindow({ failWindow: 1e300 }), /failWindow is 1e\+300; 36500 days are the most/],
    [
      () => FreshnessPolicy.timeWindow({ failWindow: '1 hour', warnWindow: '1 hour' }),
      /warnWindow "1 hour" is not shorter than failWindow "1 hour"/,
    ],
    [() => FreshnessPolicy.cron({ deadline: '61 * * * *', lowerBound: '1 hour' }), /deadline "61 \* \* \* \*" is no cron expression/],
    [
      () => FreshnessPolicy.cron({ deadline: '0 0 31 2 *', lowerBound: '1 hour' }),
      /deadline "0 0 31 2 \*" is no cron expression .* that ever ticks/,
    ],
    [() => FreshnessPolicy.cron({ deadline: '0 9 * * *', lowerBound: '1 hour', timezone: 'Mars' }), /timezone "Mars" is not known/],
    [() => FreshnessPolicy.cron({ deadline: '0 9 * * *', lowerBound: 'soon' as never }), /lowerBound is "soon"/],
    [() => asset({ key: 'a', freshness: { failWindow: '1 day' } as never, materialize: () => 1 }), /asset "a": freshness is .* no policy/],
    [() => applyFreshnessPolicy(undefined as never, []), /applyFreshnessPolicy\(\): freshness is undefined/],
  ])('that makes no sense is refused: %#', (make, message) => {
    expect(make).toThrow(expect.objectContaining({ code: 'INVALID_OPTION', message: expect.stringMatching(message) }))
  })

  test('is an option of every asset', () => {
    const make = op({ name: 'make', run: () => 1 })
    const pair = multiAsset({
      name: 'pair',
      outputs: { one: { key: 'one', freshness: day }, other: { key: 'other' } },
      materialize: () => ({ one: 1, other: 2 }),
    })
    const all = [
      asset({ key: 'a', freshness: day, materialize: () => 1 }),
      graphAsset({ key: 'b', freshness: day, graph: () => make() }),
      observableAsset({ key: 'c', freshness: day, observe: () => 'v' }),
      externalAsset({ key: 'd', freshness: day }),
      pair.assets.one,
    ]
    for (const each of all) expect(each.freshness, each.key).toEqual(day.spec)
    expect(pair.assets.other.freshness).toBe(undefined)
  })

  test('is applied to many assets, but to none that has one', () => {
    const orders = asset({ key: 'orders', materialize: () => [1] })
    const report = asset({ key: 'report', inputs: { orders }, freshness: nine, materialize: (inputs) => inputs.orders.length })
    const pair = multiAsset({
      name: 'pair',
      outputs: { one: { key: 'one' }, other: { key: 'other', freshness: nine } },
      materialize: () => ({ one: 1, other: 2 }),
    })
    const [newOrders, newReport, newPair] = applyFreshnessPolicy(day, [orders, report, pair])
    const { assets } = definitions({ assets: [newOrders, newReport, newPair] })
    expect(assets.map(({ key, freshness }) => [key, freshness?.kind])).toEqual([
      ['orders', 'time-window'],
      ['report', 'cron'],
      ['one', 'time-window'],
      ['other', 'cron'],
    ])
    expect(orders.freshness).toBe(undefined)
    expect(newOrders.materialize({})).toEqual([1])
    expect(newPair.assets.one.key).toBe('one')
  })
})
