import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { asset } from '../../definitions/asset.ts'
import { definitions } from '../../definitions/definitions.ts'
import { partitionKeys } from '../../definitions/partitions/partition-keys.ts'
import { dailyPartitions } from '../../definitions/partitions/window-partitions.ts'
import type { Backfill } from '../../metadata/stores/backfill-store.ts'
import { DurableStack } from '../durable-stack.ts'

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

describe('a backfill', () => {
  let stack: DurableStack

  beforeAll(async () => {
    stack = await DurableStack.start('backfills')
    await stack.startWorker(definitions({ assets: [orders, report, slow] }))
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
    expect(failures.map(({ assetKey, partitionKey, kind, because }) => [assetKey, partitionKey, kind, because])).toEqual([
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
  })
})

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
