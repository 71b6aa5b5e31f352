import { describe, expect, it } from 'vitest'
import { asset } from '../definitions/asset.ts'
import { graphAsset } from '../definitions/graph-asset.ts'
import { multiAsset } from '../definitions/multi-asset.ts'
import { op } from '../definitions/op.ts'
import { materialize } from './materialize.ts'

const calls: string[] = []
const { always, perhaps } = multiAsset({
  name: 'some',
  outputs: { always: { key: 'always' }, perhaps: { key: 'perhaps', optional: true } },
  materialize: (): { always: number; perhaps?: number } => ({ always: 1 }),
}).assets
const behind = asset({ key: 'behind', inputs: { perhaps }, materialize: () => calls.push('behind') })
const further = asset({ key: 'further', deps: [behind], materialize: () => calls.push('further') })
const beside = asset({ key: 'beside', inputs: { always }, materialize: (inputs) => inputs.always + 1 })

describe('an asset that its multi-asset leaves out', () => {
  it('skips what needs it and what needs that, which is no failure', async () => {
    const result = await materialize([always, perhaps, behind, further, beside])
    expect(result.success).toBe(true)
    expect(result.outputFor(beside)).toBe(2)
    expect(calls).toEqual([])
    expect(result.skipped.toSorted()).toEqual(['behind', 'further'])
    expect(() => result.outputFor(behind)).toThrow('"behind" was skipped because "some" left out what it needs')
  })
})

describe('a graph asset', () => {
  const maybe = op({ name: 'maybe', outputs: { it: { optional: true } }, run: (): { it?: number } => ({}) })
  const sum = op({ name: 'sum', run: ({ values }: { values: readonly number[] }) => values.reduce((all, value) => all + value, 0) })

  it('reads an asset in a list of wires also where the others in it were left out', async () => {
    const source = asset({ key: 'source', materialize: () => 7 })
    const total = graphAsset({ key: 'total', inputs: { source }, graph: (inputs) => sum({ values: [inputs.source, maybe().it] }) })
    expect((await materialize([source, total])).outputFor(total)).toBe(7)
  })

  it('of which nothing came skips what is downstream', async () => {
    const none = graphAsset({ key: 'none', graph: () => maybe().it })
    const reads = asset({ key: 'reads', inputs: { none }, materialize: () => calls.push('reads') })
    const result = await materialize([none, reads])
    expect(result.success).toBe(true)
    expect(result.skipped).toEqual(['reads'])
  })
})
