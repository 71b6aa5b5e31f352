import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { asset } from '../../definitions/asset.ts'
import { multiRun, singleRun } from '../../definitions/backfill-policy.ts'
import { definitions } from '../../definitions/definitions.ts'
import { output } from '../../definitions/output.ts'
import { timeWindowMapping } from '../../definitions/partition-mappings/partition-mappings.ts'
import { dynamicPartitions } from '../../definitions/partitions/dynamic-partitions.ts'
import { partitionKeys } from '../../definitions/partitions/partition-keys.ts'
import { dailyPartitions } from '../../definitions/partitions/window-partitions.ts'
import type { Backfill } from '../../metadata/stores/backfill-store.ts'
import { DurableStack } from '../durable-stack.ts'

const days = dailyPartitions({ start: '2024-01-01', end: '2026-01-01' })
const all = [...partitionKeys(days.spec, { now: new Date('2026-06-01') })]

/** Partitions that fail until somebody mends them. */
const broken = new Set<string>()
/** The keys of each call, by asset. */
const calls: Record<string, (readonly string[])[]> = {}
const called = (key: string, keys: readonly string[]): void => void (calls[key] ??= []).push(keys)

const orders = asset({
  key: 'orders',
  partitions: days,
  materialize: (_inputs, { partitionKey }) => {
    if (broken.has(partitionKey)) throw new Error(`no orders of ${partitionKey}`)
    return partitionKey.length
  },
})
const sums = asset({
  key: 'sums',
  partitions: days,
  backfillPolicy: singleRun(),
  inputs: { orders },
  async *materialize(inputs, { partitionKeys: keys }) {
    called('sums', keys)
    for await (const [key, value] of inputs.orders) yield [key, output({ key, value }, { metadata: { value } })]
  },
})
const report = asset({
  key: 'report',
  partitions: days,
  inputs: { sums },
  materialize: (inputs) => `${inputs.sums.key}: ${inputs.sums.value}`,
})
const weeks = asset({
  key: 'weeks',
  partitions: days,
  backfillPolicy: multiRun({ maxPartitionsPerRun: 7 }),
  materialize: (_inputs, { partitionKeys: keys, partitionTimeWindow: window }) => {
    called('weeks', keys)
    return new Map(keys.map((key) => [key, { from: window?.start, to: window?.end }]))
  },
})
const flaky = asset({
  key: 'flaky',
  partitions: days,
  backfillPolicy: singleRun(),
  retries: { max: 2, delay: 1 },
  *materialize(_inputs, { partitionKeys: keys }) {
    called('flaky', keys)
    for (const [place, key] of keys.entries()) {
      if (place === 3) throw new Error(`broke at ${key}`)
      yield [key, place]
    }
  },
})
const partial = asset({
  key: 'partial',
  partitions: days,
  backfillPolicy: singleRun(),
  materialize: (_inputs, { partitionKeys: keys }) => keys.filter((key) => !broken.has(key)).map((key) => [key, key]),
})
const written = asset({
  key: 'written',
  partitions: dynamicPartitions('customers'),
  backfillPolicy: singleRun(),
  materialize: (_inputs, { partitionKeys: keys }) => called('written', keys),
})
const balance = asset({
  key: 'balance',
  partitions: days,
  backfillPolicy: multiRun({ maxPartitionsPerRun: 100 }),
  selfDependency: timeWindowMapping({ startOffset: -1, endOffset: -1 }),
  materialize: (_inputs, { partitionKeys: keys }) => {
    called('balance', keys)
    return new Map(keys.map((key) => [key, key]))
  },
})

describe('a backfill of assets that make several partitions at once', () => {
  let stack: DurableStack

  beforeAll(async () => {
    stack = await DurableStack.start('backfill-policies')
    await stack.startWorker(definitions({ assets: [orders, sums, report, weeks, flaky, partial, written, balance] }))
  })
  afterAll(() => stack.stop())
  beforeEach(() => {
    broken.clear()
    for (const key of Object.keys(calls)) delete calls[key]
  })

  const backfillOf = async (selection: string, partitions?: readonly string[]): Promise<Backfill> =>
    await stack.backfillEnded(await stack.backfill({ selection, ...(partitions && { partitions }) }))
  const counts = ({ assets }: Backfill) => Object.fromEntries(assets.map(({ assetKey, ...each }) => [assetKey, each]))
  const failuresOf = async ({ backfillId }: Backfill) =>
    (await stack.store.backfills.failures(backfillId, 1_000)).map(({ assetKey, partitionKey, kind, error, because }) => ({
      assetKey,
      partitionKey,
      kind,
      why: because ?? error?.code ?? error?.message,
    }))

  it('makes all partitions in one call, after those upstream, each with a record of its own', async () => {
    const backfill = await backfillOf('orders or sums or report')
    expect(backfill.status).toBe('SUCCESS')
    expect(calls['sums']).toEqual([all])
    const whole = { targeted: all.length, requested: all.length, materialized: all.length, failed: 0, skipped: 0 }
    expect(counts(backfill)).toEqual({ orders: whole, sums: whole, report: whole })
    const { items } = await stack.store.materializations.list('sums', { limit: 1_000 })
    expect([items.length, new Set(items.map(({ partitionKey }) => partitionKey))]).toEqual([all.length, new Set(all)])
    expect(new Set(items.map(({ runId }) => runId)).size).toBe(1)
    expect(items[0]?.metadata['value']).toEqual({ type: 'int', value: 10 })
  })

  it('leaves out of the call what needs a partition that failed', async () => {
    broken.add('2024-02-02')
    const backfill = await backfillOf('orders or sums', ['2024-02-01...2024-02-04', '2025-03-03'])
    expect(calls['sums']).toEqual([['2024-02-01', '2024-02-03', '2024-02-04', '2025-03-03']])
    expect(await failuresOf(backfill)).toEqual([
      expect.objectContaining({ assetKey: 'orders', partitionKey: '2024-02-02', kind: 'FAILED' }),
      { assetKey: 'sums', partitionKey: '2024-02-02', kind: 'SKIPPED', why: 'orders' },
    ])
    broken.clear()
    await stack.backfills.retry(backfill.backfillId)
    expect((await stack.backfillEnded(backfill.backfillId)).status).toBe('SUCCESS')
    expect(calls['sums']?.at(-1)).toEqual(['2024-02-02'])
  })

  it('makes at most so many in a call', async () => {
    const backfill = await backfillOf('weeks', ['2024-01-01...2024-01-20'])
    expect(backfill.status).toBe('SUCCESS')
    expect((calls['weeks'] ?? []).toSorted(byFirst)).toEqual([all.slice(0, 7), all.slice(7, 14), all.slice(14, 20)])
  })

  it('asks again for those that a call did not give, and leaves recorded what it gave', async () => {
    const backfill = await backfillOf('flaky', ['2024-01-01...2024-01-12'])
    expect(calls['flaky']).toEqual([all.slice(0, 12), all.slice(3, 12), all.slice(6, 12)])
    expect(counts(backfill)['flaky']).toMatchObject({ materialized: 9, failed: 3 })
    expect(await failuresOf(backfill)).toEqual(
      all.slice(9, 12).map((key) => ({ assetKey: 'flaky', partitionKey: key, kind: 'FAILED', why: 'broke at 2024-01-10' })),
    )
  })

  it('fails the partitions that were not given', async () => {
    broken.add('2024-01-02')
    const backfill = await backfillOf('partial', ['2024-01-01...2024-01-03'])
    expect(counts(backfill)['partial']).toMatchObject({ materialized: 2, failed: 1 })
    expect(await failuresOf(backfill)).toEqual([
      { assetKey: 'partial', partitionKey: '2024-01-02', kind: 'FAILED', why: 'PARTITION_NOT_RETURNED' },
    ])
  })

  it('makes partitions that come and go, of a function that writes them itself', async () => {
    const keys = Array.from({ length: 50 }, (_, index) => `customer ${index}`)
    await stack.store.dynamicPartitions.add('customers', keys)
    const backfill = await backfillOf('written')
    expect(backfill.status).toBe('SUCCESS')
    expect(calls['written']).toEqual([keys])
    expect(counts(backfill)['written']).toMatchObject({ materialized: 50 })
  })

  it('makes partitions that need earlier ones in their order, call after call', async () => {
    const backfill = await backfillOf('balance')
    expect(backfill.status).toBe('SUCCESS')
    expect(calls['balance']?.map(({ length }) => length)).toEqual([100, 100, 100, 100, 100, 100, 100, 31])
    expect(calls['balance']?.flat()).toEqual(all)
  })

  it('is called with one key by a run of one partition', async () => {
    const { run, materializations } = await stack.runToEnd({ selection: 'weeks', partitionKey: '2024-05-05' })
    expect([run.status, calls['weeks']]).toEqual(['SUCCESS', [['2024-05-05']]])
    expect(materializations.map(({ partitionKey }) => partitionKey)).toEqual(['2024-05-05'])
  })
})

function byFirst([one = '']: readonly string[], [other = '']: readonly string[]): number {
  return one < other ? -1 : 1
}
