import { describe, expect, test } from 'vitest'
import { asset } from './asset.ts'
import { assetCheck, isAssetCheck } from './asset-check.ts'
import type { CheckContext } from './check-context.ts'
import { externalAsset } from './external-asset.ts'
import { input } from './input.ts'
import { multiAsset } from './multi-asset.ts'
import { resource } from './resource.ts'

const orders = asset({ key: 'raw/orders', materialize: () => [1, 2] })
const users = asset({ key: 'users', materialize: () => ['Ann'] })
const pair = multiAsset({
  name: 'pair',
  outputs: { one: { key: 'one' }, other: { key: 'other' } },
  materialize: () => ({ one: 1, other: 2 }),
})
const clock = resource({ name: 'clock', create: () => 7 })
const check = () => true

/** Declares a check with options that the types would refuse. */
const declared = (options: Record<string, unknown>) => () =>
  assetCheck({ name: 'some', asset: orders, check, ...(options as { readonly blocking?: boolean }) })

describe('a check', () => {
  test('has what was declared, and defaults for the rest', () => {
    const some = assetCheck({ name: 'some', asset: orders, check })
    expect(some).toMatchObject({
      name: 'some',
      asset: orders,
      assetKey: 'raw/orders',
      description: undefined,
      blocking: false,
      metadata: {},
      upstreamKeys: [],
      config: undefined,
      resources: {},
      retries: undefined,
      timeoutMs: undefined,
      heartbeatTimeoutMs: undefined,
    })
    expect(isAssetCheck(some)).toBe(true)
    expect(isAssetCheck(orders)).toBe(false)
  })

  test('is run as its options say', () => {
    const some = assetCheck({
      name: 'some',
      asset: orders,
      description: 'some orders',
      blocking: true,
      metadata: { limit: 3 },
      resources: { clock },
      retries: { max: 2 },
      timeout: '1 minute',
      heartbeatTimeout: '10 seconds',
      check,
    })
    expect(some).toMatchObject({
      description: 'some orders',
      blocking: true,
      metadata: { limit: { type: 'int', value: 3 } },
      resources: { clock },
      retries: { max: 2 },
      timeoutMs: 60_000,
      heartbeatTimeoutMs: 10_000,
    })
  })

  test("loads the checked value under the last part of its asset's key, then its inputs", () => {
    const some = assetCheck({ name: 'some', asset: orders, inputs: { people: users }, deps: ['elsewhere', orders], check })
    expect(Object.entries(some.inputs).map(([name, each]) => `${name}: ${each.asset.key}`)).toEqual(['orders: raw/orders', 'people: users'])
    expect(some.upstreamKeys).toEqual(['users', 'elsewhere'])
  })

  test('loads the checked value as input() says', () => {
    const some = assetCheck({ name: 'some', asset: input(orders, { metadata: { columns: 'id' } }), check })
    expect(some.asset).toBe(orders)
    expect(some.inputs['orders']?.options.metadata).toEqual({ columns: 'id' })
  })

  test('of an asset that it does not load may name an input as it likes', () => {
    const some = assetCheck({ name: 'some', asset: orders, loadsAsset: false, inputs: { orders: users }, check })
    expect(Object.values(some.inputs).map((each) => each.asset.key)).toEqual(['users'])
    expect(assetCheck({ name: 'some', asset: orders, loadsAsset: false, check }).inputs).toEqual({})
  })

  test('may be of any kind of asset', () => {
    expect(assetCheck({ name: 'some', asset: pair.assets.one, check }).assetKey).toBe('one')
    expect(assetCheck({ name: 'some', asset: externalAsset({ key: 'a/b' }), check }).inputs['b']?.asset.key).toBe('a/b')
  })
})

describe('options that are wrong', () => {
  const wrong: readonly (readonly [string, Record<string, unknown>, string])[] = [
    ['a name that names can not have', { name: 'no nulls' }, '"no nulls" can\'t name a check'],
    ['no asset', { asset: undefined }, 'check "some": what it checks is not an asset. A module that imports itself'],
    ['several assets', { asset: pair }, 'what it checks is not an asset. Check one of its assets, such as multi.assets.users'],
    ['nothing to call', { check: undefined }, 'check "some" of "raw/orders": check is undefined, not a function'],
    ['an input under the name of the checked value', { inputs: { orders: users } }, 'its input "orders" has the name under which'],
    ['an input that is undefined', { inputs: { people: undefined } }, 'input "people" is not an asset'],
    ['a timeout that is no duration', { timeout: 'soon' }, 'check "some" of "raw/orders": timeout is "soon"'],
    ['metadata that is no JSON', { metadata: { made: () => 1 } }, 'check "some" of "raw/orders": metadata "made" is a function'],
  ]
  test.each(wrong)('%s', (_name, options, part) => {
    expect(declared(options)).toThrow(part)
  })
})

describe('calling a check directly', () => {
  test('returns what the function returns', () => {
    const some = assetCheck({
      name: 'some',
      asset: orders,
      check: ({ orders }) => ({ passed: orders.length > 2, metadata: { rows: orders.length } }),
    })
    expect(some.check({ orders: [1, 2] })).toEqual({ passed: false, metadata: { rows: 2 } })
  })

  test('takes a context, and says what was read where there is none', () => {
    const weekday = assetCheck({ name: 'weekday', asset: orders, check: (_inputs, { now }) => now.getUTCDay() < 6 })
    const context = { now: new Date('2026-02-07T00:00:00Z') } as CheckContext<undefined, {}>
    expect(weekday.check({ orders: [] }, context)).toBe(false)
    expect(() => weekday.check({ orders: [] })).toThrow(
      expect.objectContaining({
        code: 'CONTEXT_REQUIRED',
        message:
          'The check "weekday" of "raw/orders" reads "now" from its context, but check() was called without one. Pass buildCheckContext({ … }) of assetry/testing as the second argument.',
      }),
    )
  })
})
