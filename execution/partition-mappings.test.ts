import { describe, expect, test } from 'vitest'
import { asset } from '../definitions/asset.ts'
import { assetCheck } from '../definitions/asset-check.ts'
import { graphAsset } from '../definitions/graph-asset.ts'
import { input } from '../definitions/input.ts'
import { asRows } from '../definitions/input-shape.ts'
import { ioManager as defineIOManager } from '../definitions/io-manager.ts'
import { multiAsset } from '../definitions/multi-asset.ts'
import { op } from '../definitions/op.ts'
import type { PartitionMap } from '../definitions/partition-map.ts'
import {
  allPartitionsMapping,
  lastPartitionMapping,
  partitionMapping,
  staticMapping,
  timeWindowMapping,
} from '../definitions/partition-mappings/partition-mappings.ts'
import { staticPartitions } from '../definitions/partitions/static-partitions.ts'
import { dailyPartitions, monthlyPartitions } from '../definitions/partitions/window-partitions.ts'
import { memoryIOManager } from '../io/memory.ts'
import { buildPartitionMap } from '../testing/partition-map.ts'
import { combinedDataVersion } from './data-version.ts'
import { materialize } from './materialize.ts'

const days = dailyPartitions({ start: '2026-01-30', end: '2026-02-04' })
const months = monthlyPartitions({ start: '2026-01-01', end: '2026-03-01' })
const orders = asset({ key: 'orders', partitions: days, materialize: (_inputs, { partitionKey }) => [partitionKey] })
const byWindow = input(orders, { partitionMapping: timeWindowMapping({ allowNonexistent: true }) })

/** Where every day of orders was made. */
async function madeOrders() {
  const ioManager = memoryIOManager()
  for (const partitionKey of ['2026-01-30', '2026-01-31', '2026-02-01', '2026-02-02', '2026-02-03'])
    await materialize([orders], { partitionKey, ioManager })
  return ioManager
}

async function valuesOf<TValue>(map: PartitionMap<TValue>): Promise<readonly (readonly [string, TValue])[]> {
  const values: (readonly [string, TValue])[] = []
  for await (const entry of map) values.push(entry)
  return values
}

describe('a step that needs several partitions', () => {
  test('gets them as a map, in order, each loaded when it is asked for', async () => {
    const memory = await madeOrders()
    const loaded: (string | undefined)[] = []
    const counting = defineIOManager({
      name: 'counting',
      save: () => {},
      load: (context) => {
        loaded.push(context.partitionKey)
        return memory.load(context)
      },
    })
    const monthly = asset({
      key: 'monthly',
      partitions: months,
      inputs: { orders: byWindow },
      materialize: async ({ orders: map }) => {
        expect([map.size, [...map.keys()], map.has('2026-02-02'), map.has('2026-01-30'), loaded]).toEqual([
          3,
          ['2026-02-01', '2026-02-02', '2026-02-03'],
          true,
          false,
          [],
        ])
        expect(await map.get('2026-02-02')).toEqual(['2026-02-02'])
        expect(loaded).toEqual(['2026-02-02'])
        await expect(map.get('2026-01-30')).rejects.toMatchObject({ code: 'PARTITION_UNKNOWN', facts: { partitionKey: '2026-01-30' } })
        expect(await map.load()).toEqual(new Map([...map.keys()].map((key) => [key, [key]])))
        return valuesOf(map)
      },
    })
    const result = await materialize([orders, monthly], { selection: 'monthly', partitionKey: '2026-02-01', ioManager: counting })
    expect(result.outputFor(monthly)).toEqual(['2026-02-01', '2026-02-02', '2026-02-03'].map((key) => [key, [key]]))
  })

  test('gets those of a whole asset, a table, a function, and the last as a plain value', async () => {
    const ioManager = await madeOrders()
    const regions = staticPartitions(['eu', 'us'])
    const sales = asset({
      key: 'sales',
      partitions: staticPartitions(['de', 'ca', 'fr']),
      materialize: (_inputs, { partitionKey }) => partitionKey,
    })
    for (const partitionKey of ['de', 'ca', 'fr']) await materialize([sales], { partitionKey, ioManager })
    const total = asset({
      key: 'total',
      inputs: {
        all: input(orders, { partitionMapping: allPartitionsMapping() }),
        last: input(sales, { partitionMapping: lastPartitionMapping() }),
      },
      materialize: ({ all, last }) => [all.size, last],
    })
    const region = asset({
      key: 'region',
      partitions: regions,
      inputs: {
        table: input(sales, { partitionMapping: staticMapping({ de: 'eu', fr: 'eu' }) }),
        named: input(orders, { partitionMapping: partitionMapping({ upstream: (key) => (key === 'eu' ? ['2026-02-01'] : []) }) }),
      },
      materialize: async ({ table, named }) => [await valuesOf(table), [...named.keys()]],
    })
    const made = async (selection: string, partitionKey?: string) =>
      materialize([orders, sales, total, region], { selection, ioManager, ...(partitionKey !== undefined && { partitionKey }) })
    expect((await made('total')).outputFor(total)).toEqual([5, 'fr'])
    expect((await made('region', 'eu')).outputFor(region)).toEqual([
      [
        ['de', 'de'],
        ['fr', 'fr'],
      ],
      ['2026-02-01'],
    ])
    expect((await made('region', 'us')).outputFor(region)).toEqual([[], []])
  })

  test('gets partitions before its own, in a run that makes one of them', async () => {
    const ioManager = await madeOrders()
    const rolling = asset({
      key: 'rolling',
      partitions: days,
      inputs: { orders: asRows(input(orders, { partitionMapping: timeWindowMapping({ startOffset: -1 }) })) },
      materialize: async ({ orders: map }) => [...(await map.load()).values()].flat(),
    })
    const run = (partitionKey: string) => materialize([orders, rolling], { partitionKey, ioManager })
    expect((await run('2026-02-01')).outputFor(rolling)).toEqual(['2026-01-31', '2026-02-01'])
    await expect(run('2026-01-30')).rejects.toMatchObject({
      code: 'UPSTREAM_PARTITION_MISSING',
      message: expect.stringContaining('The asset "rolling" needs of asset "orders" "2026-01-29", which does not exist') as string,
      facts: { assetKey: 'orders', missing: ['2026-01-29'] },
    })
  })

  test('may be of a multi-asset, a graph asset and a check', async () => {
    const ioManager = await madeOrders()
    const seen: number[] = []
    const multi = multiAsset({
      name: 'm',
      partitions: months,
      inputs: { orders: byWindow },
      outputs: { a: { key: 'a' } },
      materialize: ({ orders: map }) => ({ a: map.size }),
    })
    const size = op({ name: 'size', run: ({ map }: { map: PartitionMap<string[]> }) => map.size })
    const graph = graphAsset({
      key: 'g',
      inputs: { map: input(orders, { partitionMapping: allPartitionsMapping() }) },
      graph: ({ map }) => size({ map }),
    })
    const check = assetCheck({
      name: 'c',
      asset: multi.assets.a,
      inputs: { orders: byWindow },
      check: ({ orders: map }) => {
        seen.push(map.size)
        return { passed: true }
      },
    })
    const run = (selection: string, partitionKey?: string) =>
      materialize([orders, multi, graph], {
        selection,
        ioManager,
        assetChecks: [check],
        ...(partitionKey !== undefined && { partitionKey }),
      })
    expect((await run('a', '2026-01-01')).outputFor(multi.assets.a)).toBe(2)
    expect((await run('g')).outputFor(graph)).toBe(5)
    expect(seen).toEqual([2])
  })

  test('is refused where the last partition is needed and none exists', async () => {
    const future = asset({ key: 'future', partitions: dailyPartitions({ start: '9000-01-01' }), materialize: () => 1 })
    const last = asset({
      key: 'last',
      inputs: { future: input(future, { partitionMapping: lastPartitionMapping() }) },
      materialize: () => 2,
    })
    await expect(materialize([future, last], { selection: 'last' })).rejects.toMatchObject({
      code: 'UPSTREAM_PARTITION_MISSING',
      message: expect.stringContaining('needs of asset "future" a partition, and none exists yet') as string,
    })
  })

  test('has one version of them all, and that of one where it needs one', async () => {
    const versioned = asset({
      key: 'versioned',
      partitions: days,
      codeVersion: '1',
      materialize: (_inputs, { partitionKey }) => partitionKey,
    })
    const around = input(versioned, { partitionMapping: timeWindowMapping({ startOffset: -1, endOffset: 0 }) })
    const sum = asset({ key: 'sum', partitions: days, inputs: { around }, materialize: () => 1 })
    const same = asset({ key: 'same', partitions: days, deps: [versioned], materialize: () => 1 })
    const ioManager = memoryIOManager()
    const result = await materialize([versioned, sum, same], { partitionKey: '2026-01-31', ioManager })
    const own = result.materializations.find(({ assetKey }) => assetKey === 'versioned')?.dataVersion as string
    const versionsOf = (key: string) => result.materializations.find(({ assetKey }) => assetKey === key)?.inputVersions
    const pairs = [
      ['2026-01-30', null],
      ['2026-01-31', own],
    ] as const
    expect(versionsOf('sum')).toEqual({ versioned: combinedDataVersion(pairs) })
    expect(versionsOf('same')).toEqual({ versioned: own })
    expect(combinedDataVersion([['a', null]])).toBeNull()
    expect(combinedDataVersion([['a', 'v']])).not.toBe(combinedDataVersion([['b', 'v']]))
  })
})

test('a map for a direct call in a test', async () => {
  const monthly = asset({
    key: 'monthly',
    partitions: months,
    inputs: { orders: byWindow },
    materialize: ({ orders: map }) => valuesOf(map),
  })
  expect(await monthly.materialize({ orders: buildPartitionMap({ '2026-02-01': ['x'] }) })).toEqual([['2026-02-01', ['x']]])
})
