import { expect, test } from 'vitest'
import { asset } from '../definitions/asset.ts'
import { definitions } from '../definitions/definitions.ts'
import { timeWindowMapping } from '../definitions/partition-mappings/partition-mappings.ts'
import { dailyPartitions, monthlyPartitions } from '../definitions/partitions/window-partitions.ts'
import { firstCursors } from './backfill-plan.ts'
import { planBackfill } from './plan-backfill.ts'
import { retriedPlan } from './retried-plan.ts'
import { snapshotOf } from './snapshot-of.ts'

const at = { now: new Date('2026-06-01') }
const days = dailyPartitions({ start: '2026-01-01', end: '2026-04-01' })
const materialize = () => 1

const orders = asset({ key: 'orders', partitions: days, materialize })
const report = asset({ key: 'report', partitions: days, deps: [orders], materialize })
const perMonth = asset({
  key: 'per_month',
  partitions: monthlyPartitions({ start: '2026-01-01', end: '2026-04-01' }),
  deps: [report],
  selfDependency: timeWindowMapping({ startOffset: -1, endOffset: -1 }),
  materialize,
})
const total = asset({ key: 'total', deps: [perMonth], materialize })
const snapshot = await snapshotOf(definitions({ assets: [orders, report, perMonth, total] }))
const plan = planBackfill(snapshot, { assetKeys: ['orders', 'report', 'per_month', 'total'] }, at)
const ended = plan.stages.map(() => null)

test('what was not made comes once more behind what there was, in its order, one stage an asset', () => {
  const failed = new Map([
    ['total', new Set([''])],
    ['report', new Set(['2026-01-05', '2026-01-03', '2026-01-04', '2026-02-01'])],
    ['per_month', new Set(['2026-01-01', '2026-02-01'])],
    ['orders', new Set(['2026-01-03'])],
  ])
  const again = retriedPlan({ plan, cursors: ended }, failed, at)
  expect(again.plan.stages.slice(0, 3)).toEqual(plan.stages)
  expect(again.plan.stages.slice(3)).toEqual([
    { assets: ['orders'], partitions: days.spec, ranges: ['2026-01-03'], count: 1 },
    { assets: ['report'], partitions: days.spec, ranges: ['2026-01-03...2026-01-05', '2026-02-01'], count: 4 },
    { assets: ['per_month'], partitions: perMonth.partitions?.spec, ranges: ['2026-01-01...2026-02-01'], count: 2, inOrder: true },
    { assets: ['total'], partitions: null, ranges: [''], count: 1 },
  ])
  expect(again.cursors).toEqual([
    ...ended,
    { range: 0, key: '2026-01-03' },
    { range: 0, key: '2026-01-03' },
    { range: 0, key: '2026-01-01' },
    { range: 0, key: '' },
  ])
})

test('what is still to come goes on where it was', () => {
  const cursors = firstCursors(plan)
  const again = retriedPlan({ plan, cursors }, new Map([['orders', new Set(['2026-01-03'])]]), at)
  expect(again.cursors.slice(0, 3)).toEqual(cursors)
  expect(again.plan.stages).toHaveLength(4)
})

test('what was made once more and failed comes a third time, and only that', () => {
  const second = retriedPlan({ plan, cursors: ended }, new Map([['orders', new Set(['2026-01-03', '2026-01-09'])]]), at)
  const third = retriedPlan({ ...second, cursors: [...ended, null] }, new Map([['orders', new Set(['2026-01-09'])]]), at)
  expect(third.plan.stages.slice(0, 4)).toEqual(second.plan.stages)
  expect(third.plan.stages.slice(4)).toEqual([{ assets: ['orders'], partitions: days.spec, ranges: ['2026-01-09'], count: 1 }])
})

test('where nothing failed, nothing is added', () => {
  expect(retriedPlan({ plan, cursors: ended }, new Map([['orders', new Set<string>()]]), at)).toEqual({ plan, cursors: ended })
})
