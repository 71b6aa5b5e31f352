import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { asset } from '../../definitions/asset.ts'
import { definitions } from '../../definitions/definitions.ts'
import { input } from '../../definitions/input.ts'
import { output } from '../../definitions/output.ts'
import { allPartitionsMapping, timeWindowMapping } from '../../definitions/partition-mappings/partition-mappings.ts'
import { partitionKeys } from '../../definitions/partitions/partition-keys.ts'
import { dailyPartitions, monthlyPartitions } from '../../definitions/partitions/window-partitions.ts'
import type { Backfill } from '../../metadata/stores/backfill-store.ts'
import { planBackfill } from '../../planning/plan-backfill.ts'
import { reconcileBackfills } from '../../temporal/backfill-reconciler.ts'
import { backfillWorkflowId } from '../../workflows/names.ts'
import { DurableStack, Gate } from '../durable-stack.ts'

const days = dailyPartitions({ start: '2024-01-01', end: '2026-01-01' })
const all = [...partitionKeys(days.spec, { now: new Date('2026-06-01') })]

/** Partitions that fail until somebody mends them. */
const broken = new Set<string>()
const calls: string[] = []

const orders = asset({
  key: 'orders',
  partitions: days,
  materialize: (_inputs, { partitionKey }) => {
    calls.push(partitionKey)
    if (broken.has(partitionKey)) throw new Error(`no orders of ${partitionKey}`)
    return { day: partitionKey, total: partitionKey.length }
  },
})
const report = asset({
  key: 'report',
  partitions: days,
  inputs: { orders },
  materialize: (inputs) => `${inputs.orders.day}: ${inputs.orders.total}`,
})
const slow = asset({
  key: 'slow',
  partitions: days,
  materialize: async () => {
    await new Promise((resolve) => setTimeout(resolve, 30))
  },
})

const months = monthlyPartitions({ start: '2024-01-01', end: '2026-01-01' })
const perDay = asset({
  key: 'per_day',
  partitions: days,
  materialize: (_inputs, { partitionKey }) => {
    if (broken.has(partitionKey)) throw new Error(`nothing of ${partitionKey}`)
    return Number(partitionKey.slice(8))
  },
})
const perMonth = asset({
  key: 'per_month',
  partitions: months,
  inputs: { perDay: input(perDay, { partitionMapping: timeWindowMapping() }) },
  materialize: async (inputs) => {
    let sum = 0
    for await (const [, value] of inputs.perDay) sum += value
    return output(sum, { metadata: { sum } })
  },
})
const total = asset({
  key: 'total',
  inputs: { perMonth: input(perMonth, { partitionMapping: allPartitionsMapping() }) },
  materialize: async (inputs) => {
    let sum = 0
    for (const value of (await inputs.perMonth.load()).values()) sum += value
    return output(sum, { metadata: { sum } })
  },
})
const chained: string[] = []
const balance = asset({
  key: 'balance',
  partitions: days,
  selfDependency: timeWindowMapping({ startOffset: -1, endOffset: -1 }),
  materialize: (_inputs, { partitionKey }) => {
    if (broken.has(partitionKey)) throw new Error(`no balance of ${partitionKey}`)
    chained.push(partitionKey)
  },
})

const gate = new Gate()
const gated = asset({
  key: 'gated',
  partitions: days,
  materialize: async (_inputs, { partitionKey }) => {
    if (broken.has(partitionKey)) throw new Error(`nothing of ${partitionKey}`)
    if (partitionKey === '2024-01-05') await gate.opened
  },
})

describe('a backfill', () => {
  let stack: DurableStack

  beforeAll(async () => {
    stack = await DurableStack.start('backfills')
    await stack.startWorker(definitions({ assets: [orders, report, slow, perDay, perMonth, total, balance, gated] }))
  })
  afterAll(() => stack.stop())

  const made = async (key: string): Promise<readonly string[]> => {
    const found: string[] = []
    let cursor: string | undefined
    do {
      const page = await stack.store.materializations.list(key, { limit: 1_000, ...(cursor !== undefined && { cursor }) })
      found.push(...page.items.map(({ partitionKey }) => partitionKey ?? ''))
      cursor = page.cursor ?? undefined
    } while (cursor !== undefined)
    return found.toSorted()
  }
  const counts = ({ assets }: Backfill) => Object.fromEntries(assets.map(({ assetKey, ...each }) => [assetKey, each]))

  it('makes each partition of each asset once', async () => {
    const backfill = await stack.backfillEnded(await stack.backfill({ selection: 'orders or report' }))
    expect(backfill.status).toBe('SUCCESS')
    const whole = { targeted: all.length, requested: all.length, materialized: all.length, failed: 0, skipped: 0 }
    expect(counts(backfill)).toEqual({ orders: whole, report: whole })
    expect(await made('orders')).toEqual(all)
    expect(await made('report')).toEqual(all)
    expect(await stack.store.partitions.counts('orders')).toEqual({ materialized: all.length, failed: 0, observed: 0 })
  })

  it('leaves out just what needs a partition that failed, and makes it when it is retried', async () => {
    broken.add('2024-02-02').add('2025-03-03')
    const backfillId = await stack.backfill({ selection: 'orders or report', partitions: ['2024-02-01...2024-02-10', '2025-03-03'] })
    const backfill = await stack.backfillEnded(backfillId)
    expect(backfill.status).toBe('FAILURE')
    expect(counts(backfill)).toEqual({
      orders: { targeted: 11, requested: 11, materialized: 9, failed: 2, skipped: 0 },
      report: { targeted: 11, requested: 11, materialized: 9, failed: 0, skipped: 2 },
    })
    const failures = await stack.store.backfills.failures(backfillId, 10)
    expect(failures.map(({ assetKey, partitionKey, kind, because }) => [assetKey, partitionKey, kind, because]).toSorted(byText)).toEqual([
      ['orders', '2024-02-02', 'FAILED', null],
      ['orders', '2025-03-03', 'FAILED', null],
      ['report', '2024-02-02', 'SKIPPED', 'orders'],
      ['report', '2025-03-03', 'SKIPPED', 'orders'],
    ])
    broken.clear()
    calls.length = 0
    await stack.backfills.retry(backfillId)
    const retried = await stack.backfillEnded(backfillId)
    expect(retried.status).toBe('SUCCESS')
    expect(calls.toSorted()).toEqual(['2024-02-02', '2025-03-03'])
    expect(counts(retried)['report']).toEqual({ targeted: 11, requested: 11, materialized: 11, failed: 0, skipped: 0 })
  })

  it('makes a partition after those that its mapping names, and leaves out just what needs one that failed', async () => {
    broken.add('2024-02-02')
    const backfillId = await stack.backfill({ selection: 'per_day or per_month or total' })
    const backfill = await stack.backfillEnded(backfillId)
    expect(counts(backfill)).toEqual({
      per_day: { targeted: 731, requested: 731, materialized: 730, failed: 1, skipped: 0 },
      per_month: { targeted: 24, requested: 24, materialized: 23, failed: 0, skipped: 1 },
      total: { targeted: 1, requested: 1, materialized: 0, failed: 0, skipped: 1 },
    })
    broken.clear()
    await stack.backfills.retry(backfillId)
    expect((await stack.backfillEnded(backfillId)).status).toBe('SUCCESS')
    const [latest] = await stack.store.materializations.latest(['total'])
    const sum = all.reduce((before, key) => before + Number(key.slice(8)), 0)
    expect(latest?.lastMaterialization?.metadata['sum']).toEqual({ type: 'int', value: sum })
  })

  it('backfills of what is downstream the partitions that are made from those that were asked for', async () => {
    const backfill = await stack.backfillEnded(
      await stack.backfill({ selection: 'per_day or per_month', partitions: ['2024-05-10...2024-07-03'] }),
    )
    expect(backfill.status).toBe('SUCCESS')
    expect(backfill.assets.map(({ targeted }) => targeted)).toEqual([55, 3])
  })

  it('makes partitions that need the one before in their order, and none after one that failed', async () => {
    const backfill = await stack.backfillEnded(await stack.backfill({ selection: 'balance', partitions: ['2024-01-01...2024-12-31'] }))
    expect(backfill.status).toBe('SUCCESS')
    expect(chained).toEqual(all.slice(0, 366))
    broken.add('2025-03-03')
    const second = await stack.backfillEnded(await stack.backfill({ selection: 'balance', partitions: ['2025-01-01...2025-12-31'] }))
    expect(counts(second)['balance']).toEqual({ targeted: 365, requested: 365, materialized: 61, failed: 1, skipped: 303 })
    broken.clear()
  })

  it('retried while a run is at work makes what failed in those that are over, and nothing twice', async () => {
    broken.add('2024-01-02')
    const backfillId = await stack.backfill({ selection: 'gated', partitions: ['2024-01-01...2024-01-10'], partitionsPerStep: 1 })
    await until(async () => ((await stack.store.backfills.get(backfillId))?.assets[0]?.failed ?? 0) === 1)
    broken.clear()
    await expect(stack.backfills.retry(backfillId)).rejects.toMatchObject({ code: 'NOTHING_TO_DO' })
    gate.open()
    expect((await stack.backfillEnded(backfillId)).status).toBe('FAILURE')
    await stack.backfills.retry(backfillId)
    const ended = await stack.backfillEnded(backfillId)
    expect(ended.status).toBe('SUCCESS')
    expect(counts(ended)['gated']).toEqual({ targeted: 10, requested: 10, materialized: 10, failed: 0, skipped: 0 })
  })

  it('is started by the reconciler where its launch was cut short, and ended where its workflow was terminated', async () => {
    const location = (await stack.store.codeLocations.list()).find(({ name }) => name === stack.codeLocation)
    const createdAt = new Date(Date.now() - 60_000)
    const plan = planBackfill(
      location?.snapshot ?? raise(),
      { assetKeys: ['slow'], partitions: ['2024-01-01...2024-12-31'] },
      { now: createdAt },
    )
    const { backfill } = await stack.store.backfills.create({
      backfillId: randomUUID(),
      codeLocation: stack.codeLocation,
      snapshotHash: location?.snapshotHash ?? '',
      jobName: null,
      selection: 'slow',
      plan,
      runConfig: {},
      tags: {},
      concurrency: 2,
      priority: null,
      partitionsPerStep: null,
      continues: false,
      idempotencyKey: null,
      requestHash: null,
      createdAt,
    })
    const { backfillId } = backfill
    const done = await reconcileBackfills({ store: stack.store, client: stack.client })
    expect(done).toEqual([{ backfillId, action: 'started', why: 'it had no workflow in Temporal' }])
    await until(async () => ((await stack.store.backfills.get(backfillId))?.assets[0]?.materialized ?? 0) > 0)
    await stack.client.workflow.getHandle(backfillWorkflowId(backfillId)).terminate('by hand')
    await reconcileBackfills({ store: stack.store, client: stack.client })
    expect(await stack.store.backfills.get(backfillId)).toMatchObject({
      status: 'FAILURE',
      endReason: 'its workflow ended in Temporal as TERMINATED',
    })
    const { items } = await stack.store.runs.list({ backfillId }, { limit: 100 })
    expect(items.filter(({ status }) => status === 'QUEUED' || status === 'STARTED')).toEqual([])
  })

  it('can be paused, resumed, and cancelled', async () => {
    const backfillId = await stack.backfill({ selection: 'slow', concurrency: 4 })
    await until(async () => ((await stack.store.backfills.get(backfillId))?.assets[0]?.materialized ?? 0) > 5)
    expect(await stack.backfills.pause(backfillId)).toBe('PAUSED')
    await settled(async () => (await stack.store.backfills.get(backfillId))?.assets[0]?.materialized)
    const paused = await stack.store.backfills.get(backfillId)
    expect(paused?.assets[0]?.materialized).toBeLessThan(all.length)
    expect(await stack.backfills.resume(backfillId)).toBe('STARTED')
    await until(
      async () => ((await stack.store.backfills.get(backfillId))?.assets[0]?.materialized ?? 0) > (paused?.assets[0]?.materialized ?? 0),
    )
    await stack.backfills.cancel(backfillId)
    const ended = await stack.backfillEnded(backfillId)
    expect(ended.status).toBe('CANCELED')
    expect(ended.assets[0]?.failed).toBe(0)
    // What was left is made after all.
    await stack.backfills.setConcurrency(backfillId, 100)
    await stack.backfills.retry(backfillId)
    const resumed = await stack.backfillEnded(backfillId)
    expect([resumed.status, resumed.assets[0]?.materialized]).toEqual(['SUCCESS', all.length])
  })
})

function raise(): never {
  throw new Error('the code location is not registered')
}

async function until(condition: () => Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 20))
}

/** Waits until a number stays the same for a while. */
async function settled(read: () => Promise<unknown>): Promise<void> {
  for (let [before, same] = [await read(), 0]; same < 10;) {
    await new Promise((resolve) => setTimeout(resolve, 100))
    const now = await read()
    same = now === before ? same + 1 : 0
    before = now
  }
}

function byText(one: readonly unknown[], other: readonly unknown[]): number {
  return one.join() < other.join() ? -1 : 1
}
