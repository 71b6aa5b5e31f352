import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { AssetPartitionPage } from '../../api/contract/partition.ts'
import { asset } from '../../definitions/asset.ts'
import { assetCheck } from '../../definitions/asset-check.ts'
import { assetJob } from '../../definitions/job.ts'
import { definitions } from '../../definitions/definitions.ts'
import { input } from '../../definitions/input.ts'
import { specificPartitionsMapping, timeWindowMapping } from '../../definitions/partition-mappings/partition-mappings.ts'
import { dailyPartitions, monthlyPartitions } from '../../definitions/partitions/window-partitions.ts'
import { staticPartitions } from '../../definitions/partitions/static-partitions.ts'
import { combinedDataVersion } from '../../execution/data-version.ts'
import { DurableStack } from '../durable-stack.ts'

const daily = dailyPartitions({ start: '2026-01-01', end: '2026-01-05' })

const settings = asset({ key: 'settings', materialize: () => 10 })
const orders = asset({
  key: 'orders',
  partitions: daily,
  inputs: { settings },
  materialize: ({ settings: factor }, { partitionKey, partitionTimeWindow }) => ({
    day: partitionKey,
    hours: ((partitionTimeWindow?.end.getTime() ?? 0) - (partitionTimeWindow?.start.getTime() ?? 0)) / 3_600_000,
    total: Number(partitionKey.slice(-2)) * factor,
  }),
})
const report = asset({ key: 'report', partitions: daily, inputs: { orders }, materialize: ({ orders: { total } }) => total + 1 })
const flaky = asset({
  key: 'flaky',
  partitions: daily,
  materialize: (_inputs, { partitionKey }) => {
    if (partitionKey === '2026-01-02') throw new Error('the second is bad')
  },
})
const window = monthlyPartitions({ start: '2026-01-01', endOffset: 1, end: '2026-02-01' })
const monthly = asset({
  key: 'monthly',
  partitions: window,
  inputs: { orders: input(orders, { partitionMapping: timeWindowMapping({ allowNonexistent: true }) }) },
  materialize: ({ orders: map }) => [...map.keys()],
})
const first = asset({
  key: 'first',
  inputs: { orders: input(orders, { partitionMapping: specificPartitionsMapping(['2026-01-02', '2026-01-03']) }) },
  materialize: async ({ orders: map }) => [...(await map.load()).values()].map(({ total }) => total),
})
const regional = asset({
  key: 'regional',
  partitions: staticPartitions(['eu', 'us']),
  materialize: (_inputs, { partitionKey }) => partitionKey,
})
const broken = asset({
  key: 'broken',
  materialize: () => {
    throw new Error('always')
  },
})
const seen: unknown[] = []
const known = assetCheck({
  name: 'known',
  asset: orders,
  check: ({ orders: { day } }, { latestMaterialization }) => {
    seen.push([day, latestMaterialization !== undefined])
    return { passed: true }
  },
})

const project = definitions({
  assets: [settings, orders, report, flaky, regional, broken, monthly, first],
  assetChecks: [known],
  jobs: [assetJob({ name: 'days', selection: 'orders or report' })],
})

let stack: DurableStack
beforeAll(async () => {
  stack = await DurableStack.start('partitions')
  await stack.startWorker(project)
  await stack.runToEnd('settings')
})
afterAll(() => stack.stop())

async function asked(path: string, body?: object): Promise<Response> {
  const app = stack.app()
  const post = { method: 'POST', body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }
  return await app.request(`http://127.0.0.1/api/v1${path}`, body === undefined ? undefined : post)
}

async function partitionsOf(key: string, query = ''): Promise<AssetPartitionPage> {
  return (await (await asked(`/assets/${key}/partitions${query}`)).json()) as AssetPartitionPage
}

describe('a run of a partition', () => {
  it('makes that partition of each asset from the same one upstream, and from the whole of what has none', async () => {
    const second = await stack.runToEnd({ job: 'days', partitionKey: '2026-01-02' })
    const third = await stack.runToEnd({ job: 'days', partitionKey: '2026-01-03' })
    expect([second.run.status, second.run.partitionKey, third.run.status]).toEqual(['SUCCESS', '2026-01-02', 'SUCCESS'])
    expect(second.materializations.map(({ assetKey, partitionKey }) => [assetKey, partitionKey])).toEqual([
      ['orders', '2026-01-02'],
      ['report', '2026-01-02'],
    ])
    expect((await stack.storedFiles('orders')).toSorted()).toEqual(['2026-01-02.v8', '2026-01-03.v8'])
    const [ofOrders] = second.materializations
    const settingsVersion = (await stack.store.materializations.dataVersions(['settings'])).get('settings')
    expect(ofOrders?.inputVersions).toEqual({ settings: settingsVersion })
    expect(seen).toEqual([
      ['2026-01-02', true],
      ['2026-01-03', true],
    ])
  })

  it('reads the upstream partition that an earlier run made, with its data version', async () => {
    const { run, materializations } = await stack.runToEnd({ selection: 'report', partitionKey: '2026-01-03' })
    expect(run.status).toBe('SUCCESS')
    const version = (await stack.store.materializations.dataVersions(['orders'], '2026-01-03')).get('orders')
    expect(version).toBeDefined()
    expect(materializations[0]?.inputVersions).toEqual({ orders: version })
  })

  it('reads several upstream partitions by a mapping, with one version of them all', async () => {
    const versions = await stack.store.partitions.dataVersions('orders', ['2026-01-02', '2026-01-03'])
    const pairs = ['2026-01-02', '2026-01-03'].map((key) => [key, versions.get(key) ?? null] as const)
    const whole = await stack.runToEnd({ selection: 'first' })
    expect(whole.materializations[0]?.inputVersions).toEqual({ orders: combinedDataVersion(pairs) })
    const month = await stack.runToEnd({ selection: 'monthly', partitionKey: '2026-01-01' })
    const all = [['2026-01-01', null], ...pairs, ['2026-01-04', null]] as readonly (readonly [string, string | null])[]
    expect(month.materializations[0]?.inputVersions).toEqual({ orders: combinedDataVersion(all) })
  })

  it('fails where the upstream partition was never made, and only that partition has failed', async () => {
    const { run } = await stack.runToEnd({ selection: 'report', partitionKey: '2026-01-04' })
    expect(run.status).toBe('FAILURE')
    const { items } = await partitionsOf('report')
    expect(items.map(({ key, status }) => [key, status])).toEqual([
      ['2026-01-04', 'FAILED'],
      ['2026-01-03', 'MATERIALIZED'],
      ['2026-01-02', 'MATERIALIZED'],
      ['2026-01-01', 'MISSING'],
    ])
  })

  it('may make assets without partitions, whose failure is not that of a partition', async () => {
    const { run, materializations } = await stack.runToEnd({ selection: 'settings or orders or broken', partitionKey: '2026-01-01' })
    expect(run.status).toBe('FAILURE')
    expect(materializations.map(({ assetKey, partitionKey }) => [assetKey, partitionKey])).toEqual([
      ['settings', null],
      ['orders', '2026-01-01'],
    ])
    expect(await stack.storedFiles('settings')).toEqual(['@value.v8'])
    expect(await stack.store.partitions.statuses('broken', [null, '2026-01-01'])).toMatchObject([{ status: 'FAILED', partitionKey: null }])
  })
})

describe('a run is refused', () => {
  it.each([
    ['without a partition', { selection: 'orders' }, 'PARTITION_REQUIRED', '"2026-01-04"'],
    ['of a partition that there is not', { selection: 'orders', partitionKey: '2026-01-05' }, 'PARTITION_UNKNOWN', 'Nearest: "2026-01-04"'],
    ['of assets with different partitions', { selection: 'orders or regional', partitionKey: 'eu' }, 'PARTITIONS_DIFFER', '"regional"'],
    ['of a partition of what has none', { selection: 'settings', partitionKey: 'eu' }, 'NOT_PARTITIONED', '"eu"'],
  ])('%s', async (_what, body, code, text) => {
    const answer = await asked('/runs', { codeLocation: 'partitions', ...body })
    const problem = (await answer.json()) as { code: string; detail: string }
    expect([answer.status, problem.code]).toEqual([422, code])
    expect(problem.detail).toContain(text)
  })
})

describe('the list of partitions', () => {
  it('has counts, windows, the newest first, page by page', async () => {
    await stack.runToEnd({ selection: 'flaky', partitionKey: '2026-01-01' })
    await stack.runToEnd({ selection: 'flaky', partitionKey: '2026-01-02' })
    const first = await partitionsOf('flaky', '?limit=3')
    expect(first.counts).toEqual({ total: 4, materialized: 1, failed: 1, missing: 2, inProgress: 0 })
    expect(first.partitions).toMatchObject({ kind: 'daily', timezone: 'UTC' })
    expect(first.items.map(({ key, status }) => [key, status])).toEqual([
      ['2026-01-04', 'MISSING'],
      ['2026-01-03', 'MISSING'],
      ['2026-01-02', 'FAILED'],
    ])
    expect(first.items[0]?.window).toEqual({ start: '2026-01-04T00:00:00.000Z', end: '2026-01-05T00:00:00.000Z' })
    const rest = await partitionsOf('flaky', `?limit=3&cursor=${first.nextCursor}`)
    expect(rest.items.map(({ key, status }) => [key, status])).toEqual([['2026-01-01', 'MATERIALIZED']])
    expect(rest.nextCursor).toBeNull()
  })

  it('of listed ones has no windows, and there is none of an asset without partitions', async () => {
    expect((await partitionsOf('regional')).items.map(({ key, window }) => [key, window])).toEqual([
      ['us', null],
      ['eu', null],
    ])
    const answer = await asked('/assets/settings/partitions')
    expect([answer.status, ((await answer.json()) as { code: string }).code]).toEqual([422, 'NOT_PARTITIONED'])
  })

  it('is of a run that is started over HTTP, too', async () => {
    const answer = await asked('/runs', { selection: 'regional', partitionKey: 'eu' })
    const { runId } = (await answer.json()) as { runId: string }
    expect(answer.status).toBe(201)
    expect((await stack.ended(runId)).run.partitionKey).toBe('eu')
    expect((await partitionsOf('regional')).items.at(-1)).toMatchObject({ key: 'eu', status: 'MATERIALIZED', lastRunId: runId })
  })
})

describe('a run of many partitions', () => {
  it('makes each of them, from the same one upstream, in as few steps as are about a second of work', async () => {
    const { run, steps, materializations } = await stack.runToEnd({
      selection: 'orders or report',
      partitions: ['2026-01-01...2026-01-03'],
    })
    expect(run).toMatchObject({ status: 'SUCCESS', partitionKey: null, partitions: ['2026-01-01...2026-01-03'] })
    expect(steps.map(({ stepKey }) => stepKey).filter((key) => !key.includes(':known'))).toEqual([
      'orders[2026-01-01...2026-01-03]',
      'report[2026-01-01...2026-01-03]',
    ])
    expect(materializations.map(({ assetKey, partitionKey }) => `${assetKey} ${partitionKey}`)).toEqual([
      ...['01', '02', '03'].map((day) => `orders 2026-01-${day}`),
      ...['01', '02', '03'].map((day) => `report 2026-01-${day}`),
    ])
  })

  it('fails where one of them does, and makes the others', async () => {
    const { run, materializations } = await stack.runToEnd({ selection: 'flaky', partitions: ['2026-01-01...2026-01-04'] })
    expect(run.status).toBe('FAILURE')
    expect(materializations.map(({ partitionKey }) => partitionKey)).toEqual(['2026-01-01', '2026-01-03', '2026-01-04'])
    const [second] = await stack.store.partitions.statuses('flaky', ['2026-01-02'])
    expect(second?.status).toBe('FAILED')
  })

  it.each([
    ['with a partition beside', { selection: 'orders', partitions: ['2026-01-01'], partitionKey: '2026-01-01' }, 'REQUEST_INVALID'],
    ['of what has none', { selection: 'orders or settings', partitions: ['2026-01-01'] }, 'NOT_PARTITIONED'],
    ['of those that there are not', { selection: 'orders', partitions: ['2026-01-01...2026-02-01'] }, 'PARTITION_UNKNOWN'],
    ['of different ones', { selection: 'orders or regional', partitions: ['2026-01-01'] }, 'PARTITIONS_DIFFER'],
  ])('is refused %s', async (_what, request, code) => {
    await expect(stack.launch(request)).rejects.toMatchObject({ code })
  })
})
