import { describe, expectTypeOf, test } from 'vitest'
import { asset, type Asset } from '../asset.ts'
import { externalAsset } from '../external-asset.ts'
import { multiAsset } from '../multi-asset.ts'
import { dynamicPartitions } from './dynamic-partitions.ts'
import { multiPartitionKey, partitionDimensions } from './multi-partition-key.ts'
import { multiPartitions } from './multi-partitions.ts'
import { partitionWindow } from './partition-window.ts'
import type { PartitionsDefinition } from './partitions-definition.ts'
import type { MultiPartitionsSpec, TimeWindow } from './partitions-spec.ts'
import { staticPartitions } from './static-partitions.ts'
import { cronPartitions, dailyPartitions, hourlyPartitions, monthlyPartitions } from './window-partitions.ts'

const days = dailyPartitions({ start: '2026-01-01' })

describe('partitions', () => {
  test('leave the types of an asset as they are', () => {
    const plain = asset({ key: 'plain', materialize: () => 1 })
    const orders = asset({
      key: 'orders',
      partitions: days,
      inputs: { plain },
      materialize: ({ plain: one }, { partitionKey, partitionKeys, partitionTimeWindow }) => {
        expectTypeOf(one).toEqualTypeOf<number>()
        expectTypeOf(partitionKey).toEqualTypeOf<string>()
        expectTypeOf(partitionKeys).toEqualTypeOf<readonly string[]>()
        expectTypeOf(partitionTimeWindow).toEqualTypeOf<TimeWindow | undefined>()
        return [partitionKey]
      },
    })
    expectTypeOf(orders).toExtend<Asset<string[]>>()
    expectTypeOf(orders.partitions).toExtend<PartitionsDefinition>()
    expectTypeOf(asset({ key: 'x', materialize: () => 1 }).partitions).toEqualTypeOf<undefined>()
  })

  test('are of a multi-asset as a whole', () => {
    multiAsset({
      name: 'm',
      partitions: days,
      outputs: { a: { key: 'a' } },
      materialize: (_inputs, { partitionKey }) => ({ a: partitionKey }),
    })
    // @ts-expect-error not of one of its assets
    multiAsset({ name: 'm', outputs: { a: { key: 'a', partitions: days } }, materialize: () => ({ a: 1 }) })
    externalAsset({ key: 'x', partitions: days })
  })

  test('have a window where they are of time, and may have none where it is not known', () => {
    expectTypeOf(partitionWindow(days.spec, '2026-01-01')).toEqualTypeOf<TimeWindow>()
    const any: PartitionsDefinition = staticPartitions(['a'])
    expectTypeOf(partitionWindow(any.spec, 'a')).toEqualTypeOf<TimeWindow | undefined>()
  })

  test('of several dimensions know their names', () => {
    const sales = multiPartitions({ date: days, region: staticPartitions(['eu']), customer: dynamicPartitions('customers') })
    expectTypeOf(sales).toEqualTypeOf<PartitionsDefinition<MultiPartitionsSpec<'date' | 'region' | 'customer'>>>()
    expectTypeOf(partitionDimensions(sales.spec, 'a|b|c').region).toEqualTypeOf<string>()
    expectTypeOf(partitionWindow(sales.spec, 'a|b|c')).toEqualTypeOf<TimeWindow | undefined>()
    multiPartitionKey(sales.spec, { date: '2026-01-01', region: 'eu', customer: 'acme' })
    // @ts-expect-error a dimension is missing
    multiPartitionKey(sales.spec, { date: '2026-01-01', region: 'eu' })
    // @ts-expect-error there is no such dimension
    multiPartitionKey(sales.spec, { date: '2026-01-01', region: 'eu', customer: 'acme', area: 'x' })
    // @ts-expect-error a dimension has no dimensions
    multiPartitions({ sales, date: days })
    asset({
      key: 'sales',
      partitions: sales,
      materialize: (_inputs, { partitionDimensions: parts }) => {
        expectTypeOf(parts).toEqualTypeOf<Readonly<Record<string, string>> | undefined>()
      },
    })
  })

  test('take the options of their kind', () => {
    monthlyPartitions({ start: new Date(0), end: '2026-01-01', timezone: 'Europe/Berlin', dayOffset: 5, hourOffset: 1, minuteOffset: 1 })
    // @ts-expect-error a start is needed
    dailyPartitions({})
    // @ts-expect-error an hour has no offset in hours
    hourlyPartitions({ start: '2026-01-01', hourOffset: 1 })
    // @ts-expect-error a cron expression is needed
    cronPartitions({ start: '2026-01-01' })
    // @ts-expect-error keys are texts
    staticPartitions([1])
    // @ts-expect-error not the name of a kind
    asset({ key: 'x', partitions: 'daily', materialize: () => 1 })
  })
})
