import { describe, expectTypeOf, test } from 'vitest'
import { asset, type OutputOf } from './asset.ts'
import { multiRun, singleRun } from './backfill-policy.ts'
import { externalAsset } from './external-asset.ts'
import { graphAsset } from './graph-asset.ts'
import { input } from './input.ts'
import { asRows, asStream, onlyColumns } from './input-shape.ts'
import { multiAsset } from './multi-asset.ts'
import { op } from './op.ts'
import { output } from './output.ts'
import type { PartitionMap } from './partition-map.ts'
import { lastPartitionMapping, timeWindowMapping } from './partition-mappings/partition-mappings.ts'
import { dailyPartitions } from './partitions/window-partitions.ts'
import { valueType } from './value-type.ts'

interface Row {
  readonly id: number
  readonly text: string
}

const days = dailyPartitions({ start: '2026-01-01' })
const orders = asset({ key: 'orders', partitions: days, materialize: (): Row[] => [] })
const rates = asset({ key: 'rates', materialize: () => 1.5 })
const policy = { partitions: days, backfillPolicy: singleRun() } as const

describe('the inputs of an asset that makes several partitions at once', () => {
  test('are maps of those with partitions, whatever the mapping, and values of those without', () => {
    const rows = externalAsset({ key: 'rows', partitions: days, value: valueType<Row[]>() })
    const whole = externalAsset({ key: 'whole', value: valueType<number>() })
    const crm = multiAsset({ name: 'crm', partitions: days, outputs: { users: { key: 'users' } }, materialize: () => ({ users: 'a' }) })
    const ops = graphAsset({ key: 'ops', graph: () => op({ name: 'one', run: () => 1 })() })
    asset({
      key: 'sums',
      ...policy,
      inputs: {
        orders,
        rates,
        rows,
        whole,
        users: crm.assets.users,
        ops,
        plain: input(orders),
        windows: input(orders, { partitionMapping: timeWindowMapping() }),
        last: input(orders, { partitionMapping: lastPartitionMapping() }),
        stream: asStream(orders),
        list: asRows(input(orders)),
        columns: onlyColumns(orders, ['id']),
        ratesAgain: input(rates),
      },
      async *materialize(given, { partitionKeys }) {
        expectTypeOf(given.orders).toEqualTypeOf<PartitionMap<Row[]>>()
        expectTypeOf(given.rows).toEqualTypeOf<PartitionMap<Row[]>>()
        expectTypeOf(given.plain).toEqualTypeOf<PartitionMap<Row[]>>()
        expectTypeOf(given.windows).toEqualTypeOf<PartitionMap<Row[]>>()
        expectTypeOf(given.last).toEqualTypeOf<PartitionMap<Row[]>>()
        expectTypeOf(given.list).toEqualTypeOf<PartitionMap<Row[]>>()
        expectTypeOf(given.stream).toEqualTypeOf<PartitionMap<AsyncIterable<Row>>>()
        expectTypeOf(given.columns).toEqualTypeOf<PartitionMap<Pick<Row, 'id'>[]>>()
        expectTypeOf(given.users).toEqualTypeOf<PartitionMap<string>>()
        expectTypeOf(given.rates).toEqualTypeOf<number>()
        expectTypeOf(given.ratesAgain).toEqualTypeOf<number>()
        expectTypeOf(given.whole).toEqualTypeOf<number>()
        expectTypeOf(given.ops).toEqualTypeOf<number>()
        for (const key of partitionKeys) yield [key, (await given.orders.get(key)).length * given.rates]
      },
    })
  })

  test('are given as maps to a direct call', () => {
    const sums = asset({ key: 'sums', ...policy, inputs: { orders, rates }, materialize: ({ rates: rate }) => new Map([['a', rate]]) })
    expectTypeOf(sums.materialize).parameter(0).toEqualTypeOf<{ readonly orders: PartitionMap<Row[]>; readonly rates: number }>()
    expectTypeOf(sums.materialize).returns.toEqualTypeOf<Map<string, number>>()
  })
})

describe('the value of an asset that makes several partitions at once', () => {
  test('is that of one of them', () => {
    const mapped = asset({ key: 'x', ...policy, materialize: () => new Map([['a', 1]]) })
    expectTypeOf<OutputOf<typeof mapped>>().toEqualTypeOf<number>()
    const promised = asset({ key: 'x', ...policy, materialize: async () => new Map([['a', { rows: [1] }]]) })
    expectTypeOf<OutputOf<typeof promised>>().toEqualTypeOf<{ rows: number[] }>()
    const generated = asset({
      key: 'x',
      partitions: days,
      backfillPolicy: multiRun({ maxPartitionsPerRun: 10 }),
      async *materialize(_inputs, { partitionKeys }) {
        for (const key of partitionKeys) yield [key, output({ key }, { metadata: { key } })]
      },
    })
    expectTypeOf<OutputOf<typeof generated>>().toEqualTypeOf<{ key: string }>()
    const listed = asset({
      key: 'x',
      ...policy,
      materialize: (_inputs, { partitionKeys }) => partitionKeys.map((key) => [key, key.length]),
    })
    expectTypeOf<OutputOf<typeof listed>>().toEqualTypeOf<number>()
    const streams = asset({
      key: 'x',
      ...policy,
      *materialize(): Generator<readonly [string, AsyncGenerator<Row>]> {},
    })
    expectTypeOf<OutputOf<typeof streams>>().toEqualTypeOf<AsyncIterable<Row>>()
  })

  test('is nothing where it writes its data itself', () => {
    const effect = asset({ key: 'x', ...policy, materialize: async () => {} })
    expectTypeOf<OutputOf<typeof effect>>().toEqualTypeOf<void>()
  })

  test('is what a reader of one partition gets', () => {
    const made = asset({ key: 'made', ...policy, materialize: () => new Map([['a', 1]]) })
    asset({
      key: 'x',
      partitions: days,
      inputs: { made },
      materialize: (given) => {
        expectTypeOf(given.made).toEqualTypeOf<number>()
      },
    })
  })
})

describe('an asset with a backfill policy', () => {
  test('gives pairs of keys and values, a map or nothing', () => {
    // @ts-expect-error a value, and no key with it
    asset({ key: 'x', ...policy, materialize: () => 1 })
    // @ts-expect-error rows, which are no pairs
    asset({ key: 'x', ...policy, materialize: (): Row[] => [] })
    // @ts-expect-error keys are texts
    asset({ key: 'x', ...policy, materialize: () => new Map([[1, 1]]) })
    // @ts-expect-error each partition has an output of its own
    asset({ key: 'x', ...policy, materialize: () => output(new Map([['a', 1]])) })
  })

  test('has a policy that was made by one of the functions', () => {
    // @ts-expect-error no name of a policy
    asset({ key: 'x', partitions: days, backfillPolicy: 'single', materialize: () => new Map([['a', 1]]) })
    // @ts-expect-error how many?
    multiRun()
  })
})
