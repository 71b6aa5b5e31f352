import { describe, expect, it } from 'vitest'
import { asset } from '../definitions/asset.ts'
import { assetCheck } from '../definitions/asset-check.ts'
import { externalAsset } from '../definitions/external-asset.ts'
import { graphAsset } from '../definitions/graph-asset.ts'
import { multiAsset } from '../definitions/multi-asset.ts'
import { op } from '../definitions/op.ts'
import { memoryIOManager } from '../io/memory.ts'
import { materialize } from './materialize.ts'

describe('an optional asset of a multi-asset that is left out', () => {
  const crm = multiAsset({
    name: 'crm',
    outputs: { users: { key: 'users' }, visits: { key: 'visits', optional: true } },
    materialize: (): { users: number[]; visits?: number[] } => ({ users: [1] }),
  })
  const { users, visits } = crm.assets
  const reader = asset({ key: 'reader', inputs: { visits }, materialize: (inputs) => inputs.visits.length })
  const follower = asset({ key: 'follower', deps: [visits], materialize: () => 1 })
  const other = asset({ key: 'other', inputs: { users }, materialize: (inputs) => inputs.users.length })
  const length = op({ name: 'length', run: ({ list }: { list: readonly number[] }) => list.length })
  const graph = graphAsset({ key: 'graph', inputs: { visits }, graph: (inputs) => length({ list: inputs.visits }) })
  const behind = asset({ key: 'behind', deps: [graph], materialize: () => 1 })
  const check = assetCheck({ name: 'some', asset: visits, check: (inputs) => inputs.visits.length > 0 })

  it('skips what needs it, its checks too, and nothing else; the run succeeds', async () => {
    const result = await materialize([crm, reader, follower, other, graph, behind], { assetChecks: [check] })
    expect(result.success).toBe(true)
    expect(result.materializations.map(({ assetKey }) => assetKey)).toEqual(['users', 'other'])
    expect(result.skipped.toSorted()).toEqual(['behind', 'follower', 'graph', 'reader'])
    expect(result.checks).toEqual([])
    expect(() => result.outputFor(reader)).toThrow('Asset "reader" was skipped because "crm" left out what it needs')
  })
})

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
