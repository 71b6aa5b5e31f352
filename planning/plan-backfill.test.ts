import { describe, expect, test } from 'vitest'
import { asset } from '../definitions/asset.ts'
import { definitions, type DefinitionsOptions } from '../definitions/definitions.ts'
import { externalAsset } from '../definitions/external-asset.ts'
import { input } from '../definitions/input.ts'
import { multiAsset } from '../definitions/multi-asset.ts'
import { observableAsset } from '../definitions/observable-asset.ts'
import {
  allPartitionsMapping,
  lastPartitionMapping,
  partitionMapping,
  timeWindowMapping,
} from '../definitions/partition-mappings/partition-mappings.ts'
import { dynamicPartitions } from '../definitions/partitions/dynamic-partitions.ts'
import { multiPartitions } from '../definitions/partitions/multi-partitions.ts'
import { staticPartitions } from '../definitions/partitions/static-partitions.ts'
import { dailyPartitions, monthlyPartitions } from '../definitions/partitions/window-partitions.ts'
import type { BackfillPlan } from './backfill-plan.ts'
import { planBackfill } from './plan-backfill.ts'
import { snapshotOf } from './snapshot-of.ts'

const at = { now: new Date('2026-06-01'), dynamicKeys: new Map([['customers', ['zoe', 'acme', 'mid']]]) }
const days = dailyPartitions({ start: '2026-01-01', end: '2026-04-01' })
const months = monthlyPartitions({ start: '2026-01-01', end: '2026-04-01' })
const regions = staticPartitions(['us', 'eu'])
const materialize = () => 1

const orders = asset({ key: 'orders', partitions: days, materialize })
const report = asset({ key: 'report', partitions: days, deps: [orders], materialize })
const perMonth = asset({ key: 'per_month', partitions: months, deps: [report], materialize })
const total = asset({ key: 'total', deps: [perMonth], materialize })
const sales = asset({ key: 'sales', partitions: regions, materialize })

/** Plans a backfill of all these assets. */
async function plan(
  assets: NonNullable<DefinitionsOptions['assets']>,
  partitions?: readonly string[],
  keys?: readonly string[],
): Promise<BackfillPlan> {
  const snapshot = await snapshotOf(definitions({ assets }))
  return planBackfill(snapshot, { assetKeys: keys ?? snapshot.assets.map(({ key }) => key), partitions }, at)
}

/** Stages such as `orders report: 2026-01-01...2026-03-31 (90)`. */
function shown({ stages }: BackfillPlan): readonly string[] {
  return stages.map(
    ({ assets, ranges, count, inOrder }) => `${assets.join(' ')}: ${ranges.join(', ')} (${count})${inOrder === true ? ' in order' : ''}`,
  )
}

describe('the plan of a backfill', () => {
  test('has assets that need the same partition of each other in one stage, and others behind what they need', async () => {
    expect(shown(await plan([total, perMonth, report, orders]))).toEqual([
      'orders report: 2026-01-01...2026-03-31 (90)',
      'per_month: 2026-01-01...2026-03-01 (3)',
      'total:  (1)',
    ])
    const { stages } = await plan([total, perMonth, report, orders])
    expect(stages.map(({ partitions }) => partitions)).toEqual([days.spec, months.spec, null])
  })

  test('has what is downstream of the partitions that were asked for, merged, and the rest not', async () => {
    const asked = ['2026-02-27...2026-03-02', '2026-02-20', '2026-02-21', '2026-03-01...2026-03-05']
    expect(shown(await plan([orders, report, perMonth, total], asked))).toEqual([
      'orders report: 2026-02-20...2026-02-21, 2026-02-27...2026-03-05 (9)',
      'per_month: 2026-02-01...2026-03-01 (2)',
      'total:  (1)',
    ])
  })

  test('asks the assets at the beginning of the selection, wherever that is', async () => {
    expect(shown(await plan([orders, report, perMonth], ['2026-02-01'], ['per_month']))).toEqual(['per_month: 2026-02-01 (1)'])
    expect(shown(await plan([orders, report, perMonth], ['2026-02-03'], ['per_month', 'report']))).toEqual([
      'report: 2026-02-03 (1)',
      'per_month: 2026-02-01 (1)',
    ])
  })

  test('has assets of one level apart where their partitions are others', async () => {
    const other = asset({ key: 'other', partitions: days, materialize })
    expect(shown(await plan([sales, orders, other]))).toEqual(['sales: us...eu (2)', 'orders other: 2026-01-01...2026-03-31 (90)'])
  })

  test('makes an asset without partitions once, before what needs it and after what it needs', async () => {
    const settings = asset({ key: 'settings', materialize })
    const priced = asset({ key: 'priced', partitions: days, deps: [settings], materialize })
    const newest = asset({ key: 'newest', deps: [input(priced, { partitionMapping: lastPartitionMapping() })], materialize })
    const answer = asset({ key: 'answer', deps: [newest], materialize })
    expect(shown(await plan([settings, priced, newest, answer], ['2026-01-05']))).toEqual([
      'settings:  (1)',
      'priced: 2026-01-05 (1)',
      'newest answer:  (1)',
    ])
  })

  test('has an asset that needs earlier partitions of itself in a stage of its own, in order', async () => {
    const selfDependency = timeWindowMapping({ startOffset: -1, endOffset: -1 })
    const balance = asset({ key: 'balance', partitions: days, deps: [orders], selfDependency, materialize })
    const after = asset({ key: 'after', partitions: days, deps: [balance], materialize })
    expect(shown(await plan([orders, balance, after]))).toEqual([
      'orders: 2026-01-01...2026-03-31 (90)',
      'balance: 2026-01-01...2026-03-31 (90) in order',
      'after: 2026-01-01...2026-03-31 (90)',
    ])
  })

  test('leaves out what is made outside and what is only observed', async () => {
    const feed = externalAsset({ key: 'feed', partitions: days })
    const rates = observableAsset({ key: 'rates', partitions: days, observe: () => 'v1' })
    const priced = asset({ key: 'priced', partitions: days, deps: [feed, rates], materialize })
    expect(shown(await plan([feed, rates, priced], ['2026-01-05']))).toEqual(['priced: 2026-01-05 (1)'])
    await expect(plan([feed, rates, priced], undefined, ['feed', 'rates'])).rejects.toMatchObject({
      code: 'NOT_PARTITIONED',
      facts: { assetKeys: ['feed', 'rates'] },
    })
  })

  test('keeps the assets of a multi-asset together', async () => {
    const crm = multiAsset({
      name: 'crm',
      partitions: days,
      outputs: { users: { key: 'users' }, calls: { key: 'calls' } },
      deps: [orders],
      materialize: () => ({ users: 1, calls: 2 }),
    })
    const dossier = asset({ key: 'dossier', partitions: days, deps: [crm.assets.users, crm.assets.calls], materialize })
    expect(shown(await plan([orders, crm, dossier], ['2026-01-05']))).toEqual(['orders users calls dossier: 2026-01-05 (1)'])
  })

  test('has dynamic partitions and those of several dimensions as they stand', async () => {
    const invoices = asset({ key: 'invoices', partitions: dynamicPartitions('customers'), materialize })
    expect(shown(await plan([invoices]))).toEqual(['invoices: zoe...mid (3)'])
    expect(shown(await plan([invoices], ['mid', 'zoe']))).toEqual(['invoices: zoe, mid (2)'])
    const visits = asset({ key: 'visits', partitions: multiPartitions({ date: days, region: regions }), materialize })
    const summary = asset({ key: 'summary', deps: [input(visits, { partitionMapping: allPartitionsMapping() })], materialize })
    expect(shown(await plan([visits, summary]))).toEqual(['visits: 2026-01-01|us...2026-03-31|eu (180)', 'summary:  (1)'])
    const asked = ['2026-01-05|us...2026-01-07|us', '2026-01-06|eu']
    expect(shown(await plan([visits, summary], asked))).toEqual([
      'visits: 2026-01-05|us, 2026-01-06|us...2026-01-06|eu, 2026-01-07|us (4)',
      'summary:  (1)',
    ])
  })

  test('leaves out windows that need nothing of what was asked for', async () => {
    const workdays = dailyPartitions({ start: '2026-01-01', end: '2026-04-01', exclusions: ['0 0 * * 6,0'] })
    const traded = asset({ key: 'traded', partitions: workdays, materialize })
    const mapping = timeWindowMapping({ allowNonexistent: true })
    const calendar = asset({ key: 'calendar', partitions: days, deps: [input(traded, { partitionMapping: mapping })], materialize })
    expect(shown(await plan([traded, calendar], ['2026-01-08...2026-01-13']))).toEqual([
      'traded: 2026-01-08...2026-01-13 (4)',
      'calendar: 2026-01-08...2026-01-09, 2026-01-12...2026-01-13 (4)',
    ])
  })
})

describe('a backfill is refused', () => {
  test('where no asset has partitions', async () => {
    const plain = asset({ key: 'plain', materialize })
    await expect(plan([plain])).rejects.toMatchObject({ code: 'NOT_PARTITIONED' })
  })

  test('where it names partitions, and the assets at its beginning have different ones', async () => {
    await expect(plan([orders, sales], ['us'])).rejects.toMatchObject({
      code: 'PARTITIONS_DIFFER',
      facts: { assetKeys: ['orders', 'sales'] },
    })
    expect(shown(await plan([orders, sales]))).toHaveLength(2)
  })

  test.each(['2026-01-32', '2026-01-01...2026-04-01', '2026-01-02...2026-01-01', '2025-12-31...2026-01-02', ''])(
    'where there is no such partition: %j',
    async (range) => {
      await expect(plan([orders, report], ['2026-01-01', range])).rejects.toMatchObject({ code: 'PARTITION_UNKNOWN' })
    },
  )

  test('where only the code of the project knows what is downstream of the partitions that it names', async () => {
    const mapping = partitionMapping({ upstream: (key) => [key] })
    const mapped = asset({ key: 'mapped', partitions: days, deps: [input(orders, { partitionMapping: mapping })], materialize })
    await expect(plan([orders, mapped], ['2026-01-01'])).rejects.toMatchObject({ code: 'PARTITION_MAPPING_INVALID' })
    expect(shown(await plan([orders, mapped]))).toHaveLength(2)
  })
})
