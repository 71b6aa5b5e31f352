import { describe, expectTypeOf, test } from 'vitest'
import { z } from 'zod'
import { asset } from './asset.ts'
import { assetCheck } from './asset-check.ts'
import type { CheckContext } from './check-context.ts'
import { definitions } from './definitions.ts'
import { externalAsset } from './external-asset.ts'
import { input } from './input.ts'
import { multiAsset } from './multi-asset.ts'
import { observableAsset } from './observable-asset.ts'
import { resource } from './resource.ts'
import { valueType } from './value-type.ts'

interface Row {
  id: number
}

const orders = asset({ key: 'raw/shop/orders', materialize: (): Row[] => [] })
const users = asset({ key: 'users', materialize: (): string[] => [] })
const clock = resource({ name: 'clock', create: () => ({ now: (): number => 7 }) })

describe('the checked value', () => {
  test("is named by the last part of its asset's key", () => {
    assetCheck({
      name: 'c',
      asset: orders,
      check: ({ orders }) => {
        expectTypeOf(orders).toEqualTypeOf<Row[]>()
        return true
      },
    })
    assetCheck({ name: 'c', asset: users, check: ({ users }) => users.every((name) => name.length > 0) })
    // @ts-expect-error the last part is orders
    assetCheck({ name: 'c', asset: orders, check: ({ raw }) => raw })
    // @ts-expect-error a row has no amount
    assetCheck({ name: 'c', asset: orders, check: ({ orders }) => orders.every((row) => row.amount > 0) })
  })

  test('comes from any kind of asset', () => {
    const external = externalAsset({ key: 'shop/returns', value: valueType<Row[]>() })
    const observable = observableAsset({ key: 'vendor/catalog', value: valueType<Row[]>(), observe: () => 'v1' })
    const multi = multiAsset({ name: 'm', outputs: { people: { key: 'crm/people' } }, materialize: () => ({ people: [{ id: 1 }] }) })
    assetCheck({ name: 'c', asset: external, check: ({ returns }) => returns.every(({ id }) => id > 0) })
    assetCheck({ name: 'c', asset: observable, check: ({ catalog }) => catalog.every(({ id }) => id > 0) })
    assetCheck({ name: 'c', asset: multi.assets.people, check: ({ people }) => people.every(({ id }) => id > 0) })
    assetCheck({ name: 'c', asset: input(orders, { metadata: { columns: 'id' } }), check: ({ orders }) => orders.length > 0 })
    // @ts-expect-error several assets are no asset
    assetCheck({ name: 'c', asset: multi, check: () => true })
    // @ts-expect-error a key is no asset
    assetCheck({ name: 'c', asset: 'orders', check: () => true })
  })

  test('is there under any name where the key is not written down', () => {
    const key: string = ['a', 'b'].join('/')
    const computed = asset({ key, materialize: (): Row[] => [] })
    assetCheck({
      name: 'c',
      asset: computed,
      check: (inputs) => {
        expectTypeOf(inputs['b']).toEqualTypeOf<Row[] | undefined>()
        return true
      },
    })
    assetCheck({ name: 'c', asset: computed, loadsAsset: false, inputs: { rows: computed }, check: ({ rows }) => rows.length > 0 })
  })

  test('is not there where it is not loaded', () => {
    // @ts-expect-error not loaded
    assetCheck({ name: 'c', asset: orders, loadsAsset: false, check: ({ orders }) => orders.length > 0 })
  })
})

describe('what a check gets beside it', () => {
  test('is what it declares', () => {
    assetCheck({
      name: 'c',
      asset: orders,
      inputs: { users, first: input(orders) },
      config: z.object({ atMost: z.number().default(3) }),
      resources: { time: clock },
      check: ({ orders, users, first }, context) => {
        expectTypeOf(users).toEqualTypeOf<string[]>()
        expectTypeOf(first).toEqualTypeOf<Row[]>()
        expectTypeOf(context.config).toEqualTypeOf<{ atMost: number }>()
        expectTypeOf(context.resources.time.now()).toEqualTypeOf<number>()
        expectTypeOf(context.now).toEqualTypeOf<Date>()
        expectTypeOf(context.latestMaterialization?.time).toEqualTypeOf<Date | undefined>()
        return orders.length <= context.config.atMost
      },
    })
  })

  test('is nothing else', () => {
    // @ts-expect-error no such input
    assetCheck({ name: 'c', asset: orders, inputs: { users }, check: ({ others }) => others })
    // @ts-expect-error nothing says that there is a limit
    assetCheck({ name: 'c', asset: orders, check: (_inputs, { config }) => config.atMost > 1 })
    // @ts-expect-error asked for as time
    assetCheck({ name: 'c', asset: orders, resources: { time: clock }, check: (_inputs, { resources }) => resources.clock })
    // @ts-expect-error a check is not for a partition
    assetCheck({ name: 'c', asset: orders, check: (_inputs, { partitionKey }) => partitionKey === 'x' })
  })
})

describe('what a check returns', () => {
  test('is a boolean or facts, at once or later', () => {
    assetCheck({ name: 'c', asset: orders, check: () => true })
    assetCheck({ name: 'c', asset: orders, check: async () => Promise.resolve(false) })
    assetCheck({
      name: 'c',
      asset: orders,
      check: () => ({ passed: true, severity: 'WARN', description: 'd', metadata: { at: new Date() } }),
    })
    assetCheck({ name: 'c', asset: orders, check: ({ orders }) => (orders.length > 0 ? true : { passed: false }) })
  })

  test('is nothing else', () => {
    // @ts-expect-error nothing
    assetCheck({ name: 'c', asset: orders, check: () => {} })
    // @ts-expect-error nothing, later
    assetCheck({ name: 'c', asset: orders, check: async () => {} })
    // @ts-expect-error a number
    assetCheck({ name: 'c', asset: orders, check: ({ orders }) => orders.length })
    // @ts-expect-error facts that do not say whether it passed
    assetCheck({ name: 'c', asset: orders, check: () => ({ severity: 'WARN' }) })
    // @ts-expect-error no such severity
    assetCheck({ name: 'c', asset: orders, check: () => ({ passed: false, severity: 'FATAL' }) })
    // @ts-expect-error metadata is data
    assetCheck({ name: 'c', asset: orders, check: () => ({ passed: false, metadata: { made: () => 1 } }) })
    // @ts-expect-error sometimes nothing
    assetCheck({ name: 'c', asset: orders, check: ({ orders }) => (orders.length > 0 ? true : undefined) })
  })
})

describe('the options of a check', () => {
  test('know their own names and types', () => {
    // @ts-expect-error it is called blocking
    assetCheck({ name: 'c', asset: orders, blocks: true, check: () => true })
    // @ts-expect-error nothing to do
    assetCheck({ name: 'c', asset: orders })
    // @ts-expect-error of what
    assetCheck({ name: 'c', check: () => true })
    // @ts-expect-error not a duration
    assetCheck({ name: 'c', asset: orders, timeout: '5 parsecs', check: () => true })
  })
})

describe('calling a check directly', () => {
  const some = assetCheck({ name: 'some', asset: orders, inputs: { users }, check: ({ orders, users }) => orders.length >= users.length })

  test('takes values of the inputs and returns what was written', () => {
    expectTypeOf(some.check({ orders: [], users: ['Ann'] })).toEqualTypeOf<boolean>()
    expectTypeOf(some.check).parameter(1).toExtend<CheckContext | undefined>()
  })

  test('refuses a value of another type, a missing one and an undeclared one', () => {
    // @ts-expect-error rows have an id
    some.check({ orders: [{}], users: [] })
    // @ts-expect-error users are missing
    some.check({ orders: [] })
    // @ts-expect-error not an input
    some.check({ orders: [], users: [], others: [] })
  })
})

describe('definitions', () => {
  const some = assetCheck({ name: 'some', asset: orders, check: ({ orders }) => orders.length > 0 })

  test('take any check as a check, and nothing else', () => {
    definitions({ assets: [orders], assetChecks: [some] })
    // @ts-expect-error an asset is no check
    definitions({ assets: [orders], assetChecks: [orders] })
    // @ts-expect-error a check is no asset
    definitions({ assets: [some] })
  })
})
