import { describe, expect, test } from 'vitest'
import { asset } from './asset.ts'
import { assetCheck } from './asset-check.ts'
import { definitions, type DefinitionsOptions } from './definitions.ts'
import type { AssetryError, Finding } from './errors.ts'
import { externalAsset } from './external-asset.ts'
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

  test('may not be different, nor those of one that has none', () => {
    const hourly = asset({ key: 'hourly', partitions: hourlyPartitions({ start: '2026-01-01' }), inputs: { orders }, materialize: () => 3 })
    const total = asset({ key: 'total', deps: ['orders'], materialize: () => 4 })
    expect(findingsOf({ assets: [settings, orders, hourly, total] })).toEqual([
      {
        code: 'PARTITIONS_DIFFER',
        path: 'assets.hourly',
        message:
          'Asset "hourly" needs "orders", which has daily partitions from 2026-01-01T00:00:00Z (UTC), and has other ones, hourly partitions from 2026-01-01T00:00:00Z (UTC): ' +
          'which partitions it would get, nothing says. Give both the same partitions, or take the dependency away.',
      },
      {
        code: 'PARTITIONS_DIFFER',
        path: 'assets.total',
        message: expect.stringContaining('Asset "total" needs "orders", which has daily partitions') as string,
      },
    ])
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
