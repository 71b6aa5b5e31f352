import { describe, expect, test } from 'vitest'
import { asset } from '../definitions/asset.ts'
import { assetCheck } from '../definitions/asset-check.ts'
import { definitions } from '../definitions/definitions.ts'
import { multiAsset } from '../definitions/multi-asset.ts'
import { staticPartitions } from '../definitions/partitions/static-partitions.ts'
import { planPartitions, type PartitionedRun } from './plan-partitions.ts'
import { planRun } from './plan-run.ts'
import type { RunPlan } from './run-plan.ts'
import { snapshotOf } from './snapshot-of.ts'

const partitions = staticPartitions(['a', 'b', 'c', 'd', 'e', 'f'])
const materialize = () => 1

const orders = asset({ key: 'orders', partitions, materialize })
const crm = multiAsset({
  name: 'crm',
  partitions,
  outputs: { users: { key: 'users' }, calls: { key: 'calls', optional: true } },
  deps: [orders],
  materialize: (): { users: number; calls?: number } => ({ users: 1 }),
})
const report = asset({ key: 'report', partitions, deps: [orders, crm.assets.calls], timeout: '2h', materialize })
const sound = assetCheck({ name: 'sound', asset: orders, blocking: true, check: () => ({ passed: true }) })
const snapshot = await snapshotOf(definitions({ assets: [orders, crm, report], assetChecks: [sound] }))
const all = ['orders', 'users', 'calls', 'report']

function plan(run: Partial<PartitionedRun> & Pick<PartitionedRun, 'groups'>): RunPlan {
  return planPartitions(snapshot, { assetKeys: all, asRanges: true, excluded: new Map(), continues: false, ...run })
}

const groups = [['a', 'b', 'c'], ['d', 'e'], ['f']]

describe('the plan of a run of many partitions', () => {
  test('has the steps of a run of one once for each group, each after those of its own group', () => {
    const { steps: once } = planRun(snapshot, all)
    const { steps } = plan({ groups })
    expect(once.map(({ key }) => key)).toEqual(['orders', 'orders:sound', 'crm', 'report'])
    expect(steps).toHaveLength(12)
    for (const [position, step] of steps.entries()) {
      const [group, model] = [Math.floor(position / 4), once[position % 4]]
      expect(step.after).toEqual(model?.after.map((each) => each + 4 * group))
      const moved = model?.inputs?.map(({ from, ...rest }) => ({ ...rest, from: from.map(([each, output]) => [each + 4 * group, output]) }))
      expect(step.inputs).toEqual(moved)
      expect([step.kind, step.asset, step.assets, step.check, step.timeoutMs]).toEqual([
        model?.kind,
        model?.asset,
        model?.assets,
        model?.check,
        model?.timeoutMs,
      ])
    }
    expect(steps[7]).toEqual({
      key: 'report[d...e]',
      asset: 'report',
      after: [5, 6],
      inputs: [{ from: [[6, 'calls']] }],
      timeoutMs: 7_200_000,
      partitions: ['d...e'],
      partitionCount: 2,
      needs: ['orders', 'calls'],
    })
  })

  test('names its steps by their partitions, each once', () => {
    const { steps } = plan({ groups, assetKeys: ['orders', 'report'] })
    expect(steps.map(({ key }) => key)).toEqual(
      ['[a...c]', '[d...e]', '[f]'].flatMap((name) => [`orders${name}`, `orders:sound${name}`, `report${name}`]),
    )
    expect(steps.map(({ partitions: ranges }) => ranges).filter((_each, position) => position % 3 === 0)).toEqual([
      ['a...c'],
      ['d...e'],
      ['f'],
    ])
  })

  test('lists keys one by one where a range may come to mean others', () => {
    const { steps } = plan({ groups, asRanges: false, assetKeys: ['users', 'calls'] })
    expect(steps.map(({ partitions: keys, partitionCount }) => [keys, partitionCount])).toEqual([
      [['a', 'b', 'c'], 3],
      [['d', 'e'], 2],
      [['f'], 1],
    ])
  })

  test('says of which assets a step needs the same partition: those upstream in the run, of a check the one it looks at', () => {
    const needs = (assetKeys: readonly string[]) => plan({ groups: [['a']], assetKeys }).steps.map(({ key, needs: of }) => [key, of])
    expect(needs(all)).toEqual([
      ['orders[a]', undefined],
      ['orders:sound[a]', ['orders']],
      ['crm[a]', ['orders']],
      ['report[a]', ['orders', 'calls']],
    ])
    expect(needs(['report'])).toEqual([['report[a]', undefined]])
    expect(plan({ groups: [['a']], continues: true }).steps.some(({ needs: of }) => of !== undefined)).toBe(false)
  })

  test('leaves excluded partitions out of the steps of their asset, and of no other', () => {
    const { steps } = plan({ groups, excluded: new Map([['users', new Set(['b', 'f'])]]) })
    const left = steps.flatMap(({ key, partitions: keys, partitionCount }) => (key.startsWith('crm') ? [[key, keys, partitionCount]] : []))
    expect(left).toEqual([
      ['crm[a...c]', ['a', 'c'], 2],
      ['crm[d...e]', ['d...e'], 2],
      ['crm[f]', [], 0],
    ])
    expect(steps.flatMap(({ key, partitionCount }) => (key.startsWith('report') ? [partitionCount] : []))).toEqual([3, 2, 1])
  })

  test('in order, has each step after the same one of the group before, and needing its own asset', () => {
    const { steps } = plan({ groups, inOrder: true, assetKeys: ['orders', 'report'] })
    expect(steps.map(({ key, after, needs, inOrder }) => [key, after, needs, inOrder])).toEqual([
      ['orders[a...c]', [], ['orders'], true],
      ['orders:sound[a...c]', [0], ['orders'], true],
      ['report[a...c]', [1], ['orders', 'report'], true],
      ['orders[d...e]', [0], ['orders'], true],
      ['orders:sound[d...e]', [1, 3], ['orders'], true],
      ['report[d...e]', [2, 4], ['orders', 'report'], true],
      ['orders[f]', [3], ['orders'], true],
      ['orders:sound[f]', [4, 6], ['orders'], true],
      ['report[f]', [5, 7], ['orders', 'report'], true],
    ])
  })
})
