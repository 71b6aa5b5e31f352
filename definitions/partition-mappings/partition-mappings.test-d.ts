import { describe, expectTypeOf, test } from 'vitest'
import { asset } from '../asset.ts'
import { assetCheck } from '../asset-check.ts'
import { input } from '../input.ts'
import { asRows, asStream, onlyColumns } from '../input-shape.ts'
import type { PartitionMap } from '../partition-map.ts'
import { dailyPartitions, monthlyPartitions } from '../partitions/window-partitions.ts'
import type { PartitionMapping } from './partition-mapping.ts'
import {
  allPartitionsMapping,
  identityMapping,
  lastPartitionMapping,
  partitionMapping,
  specificPartitionsMapping,
  staticMapping,
  timeWindowMapping,
} from './partition-mappings.ts'

interface Row {
  readonly id: number
  readonly text: string
}

const days = dailyPartitions({ start: '2026-01-01' })
const months = monthlyPartitions({ start: '2026-01-01' })
const orders = asset({ key: 'orders', partitions: days, materialize: (): Row[] => [] })

describe('an input with a partition mapping', () => {
  test('is a map of values where the mapping gives several', () => {
    asset({
      key: 'monthly',
      partitions: months,
      inputs: {
        windows: input(orders, { partitionMapping: timeWindowMapping() }),
        table: input(orders, { partitionMapping: staticMapping({}) }),
        list: input(orders, { partitionMapping: specificPartitionsMapping(['a']) }),
        named: input(orders, { partitionMapping: partitionMapping({ upstream: (key) => [key] }), metadata: { a: 1 } }),
      },
      materialize: async ({ windows, table, list, named }) => {
        expectTypeOf(windows).toEqualTypeOf<PartitionMap<Row[]>>()
        expectTypeOf(table).toEqualTypeOf<PartitionMap<Row[]>>()
        expectTypeOf(list).toEqualTypeOf<PartitionMap<Row[]>>()
        expectTypeOf(named).toEqualTypeOf<PartitionMap<Row[]>>()
        for await (const [key, rows] of windows) {
          expectTypeOf(key).toEqualTypeOf<string>()
          expectTypeOf(rows).toEqualTypeOf<Row[]>()
        }
        expectTypeOf(await windows.get('a')).toEqualTypeOf<Row[]>()
        expectTypeOf(await windows.load()).toEqualTypeOf<ReadonlyMap<string, Row[]>>()
      },
    })
  })

  test('is one value where it gives one, and either where that is not known', () => {
    const unknown: PartitionMapping = identityMapping()
    asset({
      key: 'report',
      partitions: days,
      inputs: {
        same: input(orders, { partitionMapping: identityMapping() }),
        last: input(orders, { partitionMapping: lastPartitionMapping() }),
        plain: input(orders),
        orders,
        either: input(orders, { partitionMapping: unknown }),
      },
      materialize: ({ same, last, plain, orders: own, either }) => {
        expectTypeOf(same).toEqualTypeOf<Row[]>()
        expectTypeOf(last).toEqualTypeOf<Row[]>()
        expectTypeOf(plain).toEqualTypeOf<Row[]>()
        expectTypeOf(own).toEqualTypeOf<Row[]>()
        expectTypeOf(either).toEqualTypeOf<Row[] | PartitionMap<Row[]>>()
      },
    })
  })

  test('is a map of what each value is read as, of an asset without partitions and of a check, too', () => {
    const all = input(orders, { partitionMapping: allPartitionsMapping() })
    const total = asset({
      key: 'total',
      inputs: { stream: asStream(all), rows: asRows(all), columns: onlyColumns(all, ['id']), one: asStream(orders) },
      materialize: ({ stream, rows, columns, one }) => {
        expectTypeOf(stream).toEqualTypeOf<PartitionMap<AsyncIterable<Row>>>()
        expectTypeOf(rows).toEqualTypeOf<PartitionMap<Row[]>>()
        expectTypeOf(columns).toEqualTypeOf<PartitionMap<Pick<Row, 'id'>[]>>()
        expectTypeOf(one).toEqualTypeOf<AsyncIterable<Row>>()
        return 1
      },
    })
    expectTypeOf(total.materialize).parameter(0).toHaveProperty('rows').toEqualTypeOf<PartitionMap<Row[]>>()
    assetCheck({
      name: 'c',
      asset: all,
      check: ({ orders: checked }) => {
        expectTypeOf(checked).toEqualTypeOf<PartitionMap<Row[]>>()
        return { passed: true }
      },
    })
  })

  test('takes a mapping, and so do deps and an asset for itself', () => {
    asset({
      key: 'later',
      partitions: days,
      deps: [orders, 'other', input(orders, { partitionMapping: timeWindowMapping() })],
      selfDependency: timeWindowMapping({ startOffset: -1, endOffset: -1 }),
      materialize: () => 1,
    })
    // @ts-expect-error not the name of a mapping
    input(orders, { partitionMapping: 'all' })
    // @ts-expect-error no option of an input
    input(orders, { partitionMapping: allPartitionsMapping(), mapping: 1 })
    // @ts-expect-error no option of the mapping
    timeWindowMapping({ offset: 1 })
  })
})
