import { describe, expect, it } from 'vitest'
import { asset } from '../definitions/asset.ts'
import { assetCheck } from '../definitions/asset-check.ts'
import { externalAsset } from '../definitions/external-asset.ts'
import { memoryIOManager } from '../io/memory.ts'
import { materialize } from './materialize.ts'

describe('an external asset', () => {
  const ioManager = memoryIOManager()
  const rates = externalAsset<number, 'rates'>({ key: 'rates', ioManager })
  const positive = assetCheck({
    name: 'positive',
    asset: rates,
    blocking: true,
    check: (inputs) => (inputs as { rates: number }).rates > 0,
  })
  const prices = asset({ key: 'prices', inputs: { rates }, materialize: (inputs) => inputs.rates * 2 })

  it.each([
    [3, { success: true, skipped: [] }],
    [-3, { success: false, skipped: ['prices'] }],
  ])('is checked before what reads it is made from it: %d', async (value, expected) => {
    const maker = asset({ key: 'rates', ioManager, materialize: () => value })
    await materialize([maker])
    const result = await materialize([rates, prices], { assetChecks: [positive], raiseOnError: false })
    expect(result).toMatchObject({ ...expected, checks: [{ assetKey: 'rates', checkName: 'positive', passed: value > 0 }] })
  })
})
