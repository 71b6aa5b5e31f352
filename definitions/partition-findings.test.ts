import { describe, expect, test } from 'vitest'
import { asset } from './asset.ts'
import { assetCheck } from './asset-check.ts'
import { definitions, type DefinitionsOptions } from './definitions.ts'
import type { AssetryError, Finding } from './errors.ts'
import { externalAsset } from './external-asset.ts'
import { input } from './input.ts'
import {
  allPartitionsMapping,
  identityMapping,
  lastPartitionMapping,
  specificPartitionsMapping,
  staticMapping,
  timeWindowMapping,
} from './partition-mappings/partition-mappings.ts'
import { staticPartitions } from './partitions/static-partitions.ts'
import { dailyPartitions, hourlyPartitions } from './partitions/window-partitions.ts'

const days = dailyPartitions({ start: '2026-01-01' })
const settings = asset({ key: 'settings', materialize: () => 1 })
const orders = asset({ key: 'orders', partitions: days, inputs: { settings }, materialize: () => 2 })

function findingsOf(options: DefinitionsOptions): readonly Finding[] {
  try {
    definitions(options)
    return []
  } catch (error) {
    return (error as AssetryError).facts['findings'] as readonly Finding[]
  }
}

describe('partitions of assets that need each other', () => {
  test('may be the same, in two definitions, too, and those of an asset may need one without', () => {
    const same = asset({ key: 'same', partitions: dailyPartitions({ start: '2026-01-01' }), inputs: { orders }, materialize: () => 3 })
    const check = assetCheck({ name: 'c', asset: orders, inputs: { settings }, check: () => ({ passed: true }) })
    expect(findingsOf({ assets: [settings, orders, same], assetChecks: [check] })).toEqual([])
  })

  test('may not be different where they are loaded, nor those of one that has none', () => {
    const hourly = asset({ key: 'hourly', partitions: hourlyPartitions({ start: '2026-01-01' }), inputs: { orders }, materialize: () => 3 })
    const total = asset({ key: 'total', inputs: { orders }, materialize: () => 4 })
    expect(findingsOf({ assets: [settings, orders, hourly, total] })).toEqual([
      {
        code: 'PARTITIONS_DIFFER',
        path: 'assets.hourly',
        message:
          'Asset "hourly" needs "orders", which has daily partitions from 2026-01-01T00:00:00Z (UTC), and has other ones, hourly partitions from 2026-01-01T00:00:00Z (UTC): ' +
          'which partitions it would get, nothing says. Say it, such as input(orders, { partitionMapping: timeWindowMapping() }), or give both the same partitions.',
      },
      {
        code: 'PARTITIONS_DIFFER',
        path: 'assets.total',
        message: expect.stringContaining('input(orders, { partitionMapping: allPartitionsMapping() })') as string,
      },
    ])
  })

  test('may be different windows of one zone, or none, where nothing is loaded', () => {
    const hourly = asset({ key: 'hourly', partitions: hourlyPartitions({ start: '2026-01-01' }), deps: ['orders'], materialize: () => 3 })
    const total = asset({ key: 'total', deps: [orders], materialize: () => 4 })
    expect(findingsOf({ assets: [settings, orders, hourly, total] })).toEqual([])
  })

  test.each([
    ['windows of other zones', dailyPartitions({ start: '2026-01-01', timezone: 'Europe/Berlin' }), 'lastPartitionMapping()'],
    ['listed ones', staticPartitions(['eu']), 'lastPartitionMapping()'],
  ])('may not be %s even where nothing is loaded', (_what, partitions, proposed) => {
    const other = asset({ key: 'other', partitions, deps: [orders], materialize: () => 3 })
    expect(findingsOf({ assets: [settings, orders, other] })).toMatchObject([
      { code: 'PARTITIONS_DIFFER', message: expect.stringContaining(`input(orders, { partitionMapping: ${proposed} })`) as string },
    ])
  })

  const zoned = dailyPartitions({ start: '2026-01-01', timezone: 'Europe/Berlin' })
  const regions = staticPartitions(['eu', 'us'])
  const sales = asset({ key: 'sales', partitions: staticPartitions(['de', 'ca']), materialize: () => 5 })

  test.each([
    ['windows of another zone', orders, zoned, timeWindowMapping(), 'its windows are in Europe/Berlin and those upstream in UTC'],
    ['windows and a list', orders, regions, timeWindowMapping(), 'timeWindowMapping() is for windows of time on both sides.'],
    ['a table of windows', orders, days, staticMapping({}), 'staticMapping() is for listed partitions on both sides.'],
    ['an unknown key upstream', sales, regions, staticMapping({ dr: 'eu' }), 'there is no upstream partition "dr". Did you mean "de"?'],
    ['an unknown key of its own', sales, regions, staticMapping({ de: ['eu', 'uk'] }), 'there is no partition of its own "uk".'],
    ['a key that is no window', orders, regions, specificPartitionsMapping(['2025-12-31']), 'there is no upstream partition "2025-12-31".'],
    ['keys that mean other things', orders, regions, identityMapping(), 'one has static partitions and the other daily ones'],
    ['windows of an asset without any', orders, undefined, timeWindowMapping(), 'it has no partitions itself. Use allPartitionsMapping()'],
    ['partitions of an asset without any', settings, days, allPartitionsMapping(), 'that asset has no partitions'],
  ])('may not be mapped by %s', (_what, upstream, partitions, partitionMapping, text) => {
    const mapped = asset({
      key: 'mapped',
      ...(partitions && { partitions }),
      inputs: { upstream: input(upstream, { partitionMapping }) },
      materialize: () => 6,
    })
    expect(findingsOf({ assets: [settings, orders, sales, mapped] })).toMatchObject([
      { code: 'PARTITION_MAPPING_INVALID', path: 'assets.mapped', message: expect.stringContaining(text) as string },
    ])
  })

  test('may be mapped for a check, whose own asset may be, too', () => {
    const everything = input(orders, { partitionMapping: allPartitionsMapping() })
    const wrong = input(sales, { partitionMapping: timeWindowMapping() })
    const fine = assetCheck({ name: 'c', asset: everything, check: () => ({ passed: true }) })
    const other = assetCheck({ name: 'd', asset: orders, inputs: { wrong }, check: () => ({ passed: true }) })
    expect(findingsOf({ assets: [settings, orders, sales], assetChecks: [fine, other] })).toMatchObject([
      { code: 'PARTITION_MAPPING_INVALID', path: 'assetChecks.orders:d' },
    ])
  })

  test('may be mapped in deps, but by one mapping only', () => {
    const total = asset({ key: 'total', deps: [input(orders, { partitionMapping: lastPartitionMapping() })], materialize: () => 4 })
    expect([total.upstreamKeys, total.partitionMappings['orders']?.spec]).toEqual([['orders'], { kind: 'last' }])
    const inputs = { orders, before: input(orders, { partitionMapping: timeWindowMapping({ startOffset: -1, endOffset: -1 }) }) }
    expect(() => asset({ key: 'x', partitions: days, inputs, materialize: () => 4 })).toThrow(
      expect.objectContaining({ code: 'INVALID_OPTION', message: expect.stringContaining('it needs "orders" more than once') as string }),
    )
  })

  test('may be mapped to earlier ones of the asset itself', () => {
    const earlier = timeWindowMapping({ startOffset: -2, endOffset: -1 })
    const running = asset({ key: 'running', partitions: days, selfDependency: earlier, materialize: () => 1 })
    expect([running.upstreamKeys, running.selfMapping, findingsOf({ assets: [running] })]).toEqual([[], earlier.spec, []])
  })

  test.each([
    ['itself', days, timeWindowMapping({ startOffset: -1 }), 'a partition may only need earlier ones'],
    ['a list', regions, timeWindowMapping({ startOffset: -1, endOffset: -1 }), 'it has no windows of time'],
    ['all', days, allPartitionsMapping(), 'a partition may only need earlier ones'],
    ['no mapping', days, 'before' as never, 'selfDependency is "before", which is no partition mapping'],
  ])('may not be mapped to %s of the asset itself', (_what, partitions, selfDependency, text) => {
    expect(() => asset({ key: 'x', partitions, selfDependency, materialize: () => 1 })).toThrow(
      expect.objectContaining({ code: 'INVALID_OPTION', message: expect.stringContaining(text) as string }),
    )
  })

  test('count for checks, and for external assets', () => {
    const feed = externalAsset({ key: 'feed', partitions: staticPartitions(['a']) })
    const check = assetCheck({ name: 'c', asset: orders, inputs: { feed }, check: () => ({ passed: true }) })
    expect(findingsOf({ assets: [settings, orders, feed], assetChecks: [check] })).toMatchObject([
      {
        code: 'PARTITIONS_DIFFER',
        path: 'assetChecks.orders:c',
        message: expect.stringContaining('which has the partitions "a"') as string,
      },
    ])
  })

  test('have to be a partitions definition', () => {
    expect(() => asset({ key: 'x', partitions: 'daily' as never, materialize: () => 1 })).toThrow(
      expect.objectContaining({ code: 'INVALID_OPTION', message: expect.stringContaining('partitions is "daily"') as string }),
    )
  })
})
