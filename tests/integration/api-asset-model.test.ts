import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { OpenAPIHono } from '@hono/zod-openapi'
import { Client as TemporalClient, Connection } from '@temporalio/client'
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest'
import { createApp } from '../../api/app.ts'
import { Problem } from '../../api/contract/problem.ts'
import type { Client, Freshness } from '../../client/index.ts'
import { FreshnessPolicy } from '../../definitions/freshness-policy.ts'
import { contentHash } from '../../metadata/content-hash.ts'
import type { MetadataStore } from '../../metadata/metadata-store.ts'
import type { NewRun } from '../../metadata/stores/run-store.ts'
import { openEmbeddedStore } from '../../metadata/open-store.ts'
import type { GraphNodeSnapshot, GraphSnapshot } from '../../planning/graph-snapshot.ts'
import type { PlanStep } from '../../planning/run-plan.ts'
import type { AssetSnapshot, CheckSnapshot, Snapshot } from '../../planning/snapshot.ts'
import { createBackfillLauncher } from '../../temporal/backfill-launcher.ts'
import { createScheduleControl } from '../../temporal/schedule-control.ts'
import { createSensorControl } from '../../temporal/sensor-control.ts'
import { createRunLauncher } from '../../temporal/run-launcher.ts'
import { boom, claimOf, evaluationOf, making, materializationOf, newRun, observationOf, startOf } from '../metadata-store/records.ts'
import { clientOf, collected } from './api-fixture.ts'

/** The API on a store whose records these tests write: what of it asks nothing of Temporal or a worker. */
let folder: string
let store: MetadataStore
let away: Connection
let app: OpenAPIHono
let client: Client

function launchers() {
  const parts = { store, client: new TemporalClient({ connection: away }) }
  return {
    launcher: createRunLauncher(parts),
    backfills: createBackfillLauncher(parts),
    schedules: createScheduleControl(parts),
    sensors: createSensorControl(parts),
  }
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'assetry-api-'))
  store = await openEmbeddedStore({ folder })
  await store.codeLocations.register('here', snapshot)
  // Port 1 is reserved and nothing listens there.
  away = Connection.lazy({ address: '127.0.0.1:1', interceptors: [] })
  app = createApp({ ...launchers(), store, version: '0.1.0' })
  client = clientOf(app)
})
afterAll(async () => {
  await away.close()
  await store.close()
  await rm(folder, { recursive: true, force: true })
})

const nothingAsked = { resources: [], timeoutMs: null, heartbeatTimeoutMs: null, config: null }

function assetSnapshot(key: string, facts: Partial<AssetSnapshot> = {}): AssetSnapshot {
  const said = { key, group: 'default', description: null, owners: [], tags: {}, kinds: [], metadata: {}, codeVersion: null, retries: null }
  const made = {
    origin: 'function',
    inputs: [],
    upstreamKeys: [],
    ioManager: 'memory',
    partitions: null,
    multiAsset: null,
    graph: null,
    checks: [],
  } as const
  return { ...nothingAsked, ...said, ...made, ...facts }
}

function checkSnapshot(name: string, facts: Partial<CheckSnapshot> = {}): CheckSnapshot {
  return { ...nothingAsked, name, description: null, blocking: false, inStep: false, upstreamKeys: [], ...facts }
}

function nodeSnapshot(op: string, facts: Partial<GraphNodeSnapshot> = {}): GraphNodeSnapshot {
  const plain = { description: null, tags: {}, inputs: [], outputs: [{ name: 'result', optional: false }], after: [], over: [] }
  return { ...nothingAsked, ...plain, path: op, op, retries: null, codeVersion: null, ...facts }
}

const fetched = { node: 'fetch', output: 'result' }
const graph: GraphSnapshot = {
  nodes: [
    nodeSnapshot('fetch', { resources: ['mailbox'] }),
    nodeSnapshot('clean', {
      over: [fetched],
      inputs: [{ name: 'row', fanIn: false, sources: [{ kind: 'element', level: 0, ...fetched }] }],
    }),
  ],
  result: null,
}

const snapshot: Snapshot = {
  version: 1,
  assets: [
    assetSnapshot('orders', { checks: [checkSnapshot('unique', { blocking: true, inStep: true }), checkSnapshot('fresh')] }),
    assetSnapshot('raw/files', { origin: 'external' }),
    assetSnapshot('left', { origin: 'multi-asset', multiAsset: { name: 'split', subsettable: true } }),
    assetSnapshot('report', { origin: 'graph', graph: { ...graph, result: { node: 'fetch', output: 'result' } } }),
    assetSnapshot('watched', {
      origin: 'external',
      freshness: FreshnessPolicy.timeWindow({ failWindow: '2 days', warnWindow: '1 day' }).spec,
      partitions: { kind: 'dynamic', name: 'vendors' },
      checks: [checkSnapshot('fresh')],
    }),
  ],
  jobs: [
    { name: 'mails', description: null, tags: {}, selection: '', assetKeys: [], graph, runConfig: {} },
    { name: 'orders', description: null, tags: {}, selection: 'orders', assetKeys: ['orders'], graph: null, runConfig: {} },
  ],
  resources: [{ name: 'mailbox', description: null, environment: [] }],
}

const post = (key: string, body: unknown, headers: Record<string, string> = {}) =>
  app.request(`/api/v1/assets/${encodeURIComponent(key)}/events`, {
    method: 'POST',
    body: JSON.stringify(body),
    headers: { 'content-type': 'application/json', ...headers },
  })

async function problemOf(answer: Response | Promise<Response>): Promise<Problem> {
  return Problem.parse(await (await answer).json())
}

describe('an event that is reported from outside', () => {
  it('is recorded by the rules of metadata, and is the asset’s newest', async () => {
    const { event, created } = await client.assets.report('raw/files', {
      type: 'materialization',
      metadata: { rows: 3, share: 0.5, ok: true, note: null, parts: ['a', { b: 1 }], text: { type: 'markdown', value: '**late**' } },
      tags: { source: 'ftp' },
      dataVersion: 'v1',
      codeVersion: 'c1',
      partitionKey: '2026-01-31',
    })
    expect(created).toBe(true)
    const [recorded] = (await client.assets.materializations('raw/files')).items
    expect(recorded).toEqual({
      id: event.id,
      runId: null,
      stepKey: null,
      assetKey: 'raw/files',
      partitionKey: '2026-01-31',
      time: expect.any(String) as string,
      durationMs: null,
      metadata: {
        rows: { type: 'int', value: 3 },
        share: { type: 'float', value: 0.5 },
        ok: { type: 'bool', value: true },
        note: { type: 'null', value: null },
        parts: { type: 'json', value: ['a', { b: 1 }] },
        text: { type: 'markdown', value: '**late**' },
      },
      tags: { source: 'ftp' },
      codeVersion: 'c1',
      dataVersion: 'v1',
      inputVersions: null,
    })
    const { latest } = await client.assets.get('raw/files')
    expect(latest).toMatchObject({
      status: 'MATERIALIZED',
      lastRunId: null,
      dataVersion: 'v1',
      dataVersionAt: recorded?.time,
      lastMaterialization: { id: event.id },
    })
  })

  it('is recorded once an idempotency key: 201, then 200, and 409 for another event', async () => {
    const headers = { 'idempotency-key': randomUUID() }
    const event = { type: 'observation', dataVersion: 'v7' }
    const [first, second] = [await post('raw/files', event, headers), await post('raw/files', event, headers)]
    expect([first.status, second.status]).toEqual([201, 200])
    expect(await second.json()).toEqual(await first.json())
    const other = await post('raw/files', { ...event, dataVersion: 'v8' }, headers)
    expect([other.status, (await problemOf(other)).code]).toEqual([409, 'IDEMPOTENCY_KEY_REUSED'])
    expect((await collected(client.assets.iterateObservations('raw/files'))).map(({ dataVersion }) => dataVersion)).toEqual(['v7'])
  })

  it('is a check that the asset declares, blocking as it is declared', async () => {
    const { event } = await client.assets.report('orders', { type: 'check', checkName: 'unique', passed: false, metadata: { twice: 2 } })
    const evaluation = {
      id: event.id,
      checkName: 'unique',
      passed: false,
      severity: 'ERROR',
      blocking: true,
      metadata: { twice: { type: 'int', value: 2 } },
    }
    expect((await client.assets.checkEvaluations('orders', 'unique')).items).toEqual([expect.objectContaining(evaluation)])
    const refused = await post('orders', { type: 'check', checkName: 'uniqe', passed: true })
    expect(refused.status).toBe(422)
    expect(await problemOf(refused)).toMatchObject({
      code: 'UNKNOWN_CHECK',
      detail: expect.stringContaining('Did you mean "unique"?') as string,
    })
  })

  it('is refused for an asset that there isn’t, with the nearest', async () => {
    const refused = await post('raw/file', { type: 'observation' })
    expect(refused.status).toBe(404)
    expect(await problemOf(refused)).toMatchObject({ code: 'UNKNOWN_ASSET', detail: expect.stringContaining('"raw/files"') as string })
  })

  test.each([
    ['metadata of a kind that there isn’t', { metadata: { a: { type: 'markdwn', value: 'x' } } }, 'METADATA_INVALID'],
    ['metadata whose value is not of its kind', { metadata: { a: { type: 'int', value: 1.5 } } }, 'METADATA_INVALID'],
    ['more metadata than is kept', { metadata: { a: 'x'.repeat(600_000) } }, 'METADATA_INVALID'],
    ['a tag that is none', { tags: { 'a b': 'c' } }, 'INVALID_OPTION'],
    ['a field that there isn’t', { version: 1 }, 'REQUEST_INVALID'],
    ['a type that there isn’t', { type: 'materialisation' }, 'REQUEST_INVALID'],
    ['a check without its result', { type: 'check', checkName: 'fresh' }, 'REQUEST_INVALID'],
    ['tags on a check', { type: 'check', checkName: 'fresh', passed: true, tags: {} }, 'REQUEST_INVALID'],
  ])('is refused with %s, and nothing is recorded', async (_, facts, code) => {
    const refused = await post('left', { type: 'materialization', ...facts })
    expect([refused.status, (await problemOf(refused)).code]).toEqual([422, code])
    expect((await client.assets.get('left')).latest.status).toBe('NEVER_MATERIALIZED')
  })

  it('keeps an object as it is where it says json, or has other fields', async () => {
    const given = { kept: { type: 'json', value: { type: 'int', value: 'x' } }, other: { type: 'x', value: 1, unit: 'm' } } as const
    await client.assets.report('report', { type: 'observation', metadata: given })
    expect((await client.assets.get('report')).latest).toMatchObject({
      status: 'OBSERVED',
      lastObservation: { metadata: { kept: given.kept, other: { type: 'json', value: given.other } } },
    })
  })

  it('needs the token, where the server asks for one', async () => {
    const guarded = createApp({ ...launchers(), store, version: '0.1.0', token: 'sesame' })
    const refused = await guarded.request('/api/v1/assets/orders/events', { method: 'POST', body: '{}' })
    expect(refused.status).toBe(401)
  })
})

describe('an asset', () => {
  it('says how its data comes to be, and shows its graph only by itself', async () => {
    const { items } = await client.assets.list()
    expect(items.map(({ key, origin }) => [key, origin])).toEqual([
      ['left', 'multi-asset'],
      ['orders', 'function'],
      ['raw/files', 'external'],
      ['report', 'graph'],
      ['watched', 'external'],
    ])
    expect(items[0]?.multiAsset).toEqual({ name: 'split', subsettable: true })
    expect(items[3]).not.toHaveProperty('graph')
    expect((await client.assets.get('report')).graph).toEqual({ nodes: graph.nodes, result: { node: 'fetch', output: 'result' } })
    expect((await client.assets.get('orders')).graph).toBeNull()
    expect((await client.lineage()).nodes.find(({ key }) => key === 'raw/files')?.origin).toBe('external')
  })

  it('lists its checks with what they found last, and the evaluations of each', async () => {
    for (const passed of [false, true])
      await client.assets.report('orders', { type: 'check', checkName: 'fresh', passed, severity: 'WARN' })
    const { items } = await client.assets.checks('orders')
    expect(items.map(({ name, inStep, latest }) => [name, inStep, latest?.passed])).toEqual([
      ['fresh', false, true],
      ['unique', true, false],
    ])
    expect((await client.assets.get('orders')).checks.find(({ name }) => name === 'fresh')?.latest).toEqual(items[0]?.latest)
    const first = await client.assets.checkEvaluations('orders', 'fresh', { limit: 1 })
    expect(first.items[0]).toEqual(items[0]?.latest)
    expect((await collected(client.assets.iterateCheckEvaluations('orders', 'fresh'))).map(({ passed }) => passed)).toEqual([true, false])
    expect(await collected(client.assets.iterateChecks('left'))).toEqual([])
    const none = await app.request('/api/v1/assets/orders/checks/frsh/evaluations')
    expect([none.status, (await problemOf(none)).code]).toEqual([404, 'UNKNOWN_CHECK'])
    expect((await app.request('/api/v1/assets/nothing/checks')).status).toBe(404)
    expect((await app.request('/api/v1/assets/nothing/observations')).status).toBe(404)
  })

  it('says how fresh it is by its policy, as it is now, and how it is all in all', async () => {
    const { policy, ...never } = (await client.assets.get('watched')).freshness as Freshness
    expect(policy).toEqual({ kind: 'time-window', failWindowMs: 172_800_000, warnWindowMs: 86_400_000 })
    expect(never).toMatchObject({ state: 'UNKNOWN', since: null, nextChangeAt: null, lastUpdatedAt: null })
    expect((await client.assets.get('watched')).health).toMatchObject({
      status: 'UNKNOWN',
      reasons: [{ kind: 'CHECK' }, { kind: 'FRESHNESS' }],
    })
    await client.assets.report('watched', { type: 'materialization', partitionKey: 'a' })
    await client.assets.report('watched', { type: 'check', checkName: 'fresh', passed: true })
    const { freshness, health, latest } = await client.assets.get('watched')
    const updated = latest.updatedAt ?? ''
    expect(freshness).toMatchObject({ state: 'PASS', since: updated, lastUpdatedAt: updated })
    expect(freshness?.nextChangeAt).toBe(new Date(Date.parse(updated) + 86_400_000).toISOString())
    expect(health).toEqual({ status: 'HEALTHY', reasons: [] })
    const { items } = await client.assets.list({ select: 'orders or watched' })
    expect(items.map((each) => [each.freshness, each.health.status])).toEqual([
      [null, 'DEGRADED'],
      [freshness, 'HEALTHY'],
    ])
  })

  it('is fresh since when that was recorded, where it was, and tells the changes', async () => {
    const [one, other] = [new Date('2026-01-01T00:00:00.000Z'), new Date('2026-01-02T00:00:00.000Z')]
    const { policy } = (await client.assets.get('watched')).freshness as Freshness
    const found = { assetKey: 'watched', since: null, policyHash: contentHash(policy).slice(0, 16), reason: 'so it is' } as const
    await store.freshness.record(one, [{ ...found, state: 'UNKNOWN' }])
    await store.freshness.record(other, [{ ...found, state: 'PASS' }])
    expect((await client.assets.get('watched')).freshness?.since).toBe(other.toISOString())
    const { items, nextCursor } = await client.assets.freshnessEvents('watched', { limit: 1 })
    expect(items).toEqual([
      { id: expect.any(String) as string, assetKey: 'watched', from: 'UNKNOWN', to: 'PASS', time: other.toISOString(), reason: 'so it is' },
    ])
    expect(nextCursor).not.toBeNull()
    expect((await collected(client.assets.iterateFreshnessEvents('watched'))).map(({ to }) => to)).toEqual(['PASS', 'UNKNOWN'])
    expect((await client.assets.freshnessEvents('orders')).items).toEqual([])
    expect((await app.request('/api/v1/assets/nothing/freshness-events')).status).toBe(404)
  })

  it('is degraded where a partition that there is failed', async () => {
    await store.dynamicPartitions.add('vendors', ['a', 'b'])
    const run = newRun(0, { partitionKey: 'b' })
    await store.runs.create(run)
    await store.steps.failed(await claimOf(store, startOf(run.runId, 'watched')), boom, null)
    await client.assets.report('watched', { type: 'materialization', partitionKey: 'a' })
    expect((await client.assets.get('watched')).health).toMatchObject({ status: 'DEGRADED', reasons: [{ reason: '1 partition failed.' }] })
    await store.dynamicPartitions.remove('vendors', ['b'])
    expect((await client.assets.get('watched')).health.status).toBe('HEALTHY')
  })

  it('tells a number of its metadata over time', async () => {
    for (const value of [1, 2.5, 4]) await client.assets.report('report', { type: 'materialization', metadata: { 'mean /h': value } })
    const series = await client.assets.metadataSeries('report', 'mean /h', { limit: 2 })
    expect(series).toMatchObject({ assetKey: 'report', name: 'mean /h' })
    expect(series.points.map(({ value, runId }) => [value, runId])).toEqual([
      [2.5, null],
      [4, null],
    ])
    expect((await client.assets.metadataSeries('orders', 'rows')).points).toEqual([])
    expect((await app.request('/api/v1/assets/nothing/metadata/rows')).status).toBe(404)
    expect((await app.request('/api/v1/assets/report/metadata/rows?limit=0')).status).toBe(422)
  })
})

describe('a job', () => {
  it('is of assets or of ops, and shows the graph of these', async () => {
    const { items } = await client.jobs.list()
    expect(items.map(({ name, kind }) => [name, kind])).toEqual([
      ['mails', 'graph'],
      ['orders', 'asset'],
    ])
    expect(items[0]).not.toHaveProperty('graph')
    expect((await client.jobs.get('mails')).graph).toEqual(graph)
    expect((await client.jobs.get('orders')).graph).toBeNull()
  })

  it('a resource is used by what the ops of an asset ask for', async () => {
    expect((await client.resources.list()).items).toMatchObject([{ name: 'mailbox', usedBy: ['report'] }])
  })
})

describe('a run', () => {
  const steps: readonly PlanStep[] = [
    { key: 'fetch', kind: 'op', op: 'fetch', after: [] },
    { key: 'clean', kind: 'op', op: 'clean', after: [0], over: [[0, 'result']] },
    { key: 'send', kind: 'op', op: 'send', after: [1] },
    { key: 'split', assets: ['left', 'right'], after: [] },
    { key: 'orders', asset: 'orders', after: [] },
    { key: 'orders:fresh', kind: 'check', asset: 'orders', check: 'fresh', after: [4] },
    { key: 'raw/files', kind: 'observe', asset: 'raw/files', after: [] },
  ]

  async function recordedRun(): Promise<NewRun> {
    const run = newRun(0, { plan: { version: 1, steps } })
    await store.runs.create(run)
    return run
  }

  it('shows steps of every kind, of what is mapped one for each element, with what was found', async () => {
    const { runId } = await recordedRun()
    const step = (stepKey: string, facts: object) => claimOf(store, { ...startOf(runId, stepKey), ...facts })
    const op = { kind: 'op', assetKey: null }
    await store.steps.succeeded(await step('fetch', op), { outputs: { mapped: { result: ['1', '2', '10'] } } })
    await store.steps.succeeded(await step('clean[10]', op), {})
    await store.steps.succeeded(await step('clean[2]', op), {})
    await store.steps.failed(await step('clean[1]', op), boom, null)
    await store.steps.succeeded(await step('split', { assetKey: null, assetKeys: ['left', 'right'] }), making('left', 'right'))
    await store.steps.succeeded(await step('orders', {}), {
      materializations: [materializationOf('orders', { inputVersions: { left: 'd' } })],
    })
    await store.steps.succeeded(await step('orders:fresh', { kind: 'check', assetKey: 'orders' }), {
      checks: [evaluationOf('orders', 'fresh', { passed: false, severity: 'WARN', description: 'a day old' })],
    })
    await store.steps.succeeded(await step('raw/files', { kind: 'observe' }), {
      observations: [observationOf('raw/files', { dataVersion: 'v9' })],
    })
    await store.runs.ended({ runId, status: 'FAILURE', reason: null, skipped: [{ stepKey: 'send', because: 'clean[1]', why: 'failed' }] })

    const detail = await client.runs.get(runId)
    expect(detail.assetKeys).toEqual(['left', 'right', 'orders', 'raw/files'])
    expect(detail.steps.map((each) => [each.stepKey, each.kind, each.assetKey, each.assetKeys, each.status])).toEqual([
      ['fetch', 'op', null, [], 'SUCCESS'],
      ['clean[1]', 'op', null, [], 'FAILURE'],
      ['clean[2]', 'op', null, [], 'SUCCESS'],
      ['clean[10]', 'op', null, [], 'SUCCESS'],
      ['send', 'op', null, [], 'SKIPPED'],
      ['split', 'materialize', null, ['left', 'right'], 'SUCCESS'],
      ['orders', 'materialize', 'orders', ['orders'], 'SUCCESS'],
      ['orders:fresh', 'check', 'orders', ['orders'], 'SUCCESS'],
      ['raw/files', 'observe', 'raw/files', ['raw/files'], 'SUCCESS'],
    ])
    expect(detail.steps[4]).toMatchObject({ because: 'clean[1]', why: 'failed' })
    expect(detail.checks).toMatchObject([{ checkName: 'fresh', passed: false, description: 'a day old', runId }])
    expect(detail.observations).toMatchObject([{ assetKey: 'raw/files', dataVersion: 'v9', runId }])
    expect(detail.materializations.at(-1)?.inputVersions).toEqual({ left: 'd' })
    const { items } = await client.runs.events(runId)
    expect(items.find(({ type }) => type === 'STEP_SUCCESS')).toMatchObject({ stepKey: 'fetch', assetKey: null })
    expect(items.find(({ type }) => type === 'ASSET_CHECK_EVALUATION')?.data).toMatchObject({ checkName: 'fresh', passed: false })
    expect(items.find(({ type }) => type === 'ASSET_OBSERVATION')?.data).toMatchObject({ dataVersion: 'v9' })
    expect(items.find(({ type }) => type === 'STEP_SKIPPED')?.data).toEqual({ because: 'clean[1]', why: 'failed' })
    expect((await client.runs.list({ asset: 'right' })).items.map((run) => run.runId)).toContain(runId)
  })

  it('shows what is mapped as one step until its first begins, and not at all where there was nothing to map', async () => {
    const { runId } = await recordedRun()
    const cleaning = async () => (await client.runs.get(runId)).steps.filter(({ stepKey }) => stepKey.startsWith('clean'))
    expect(await cleaning()).toMatchObject([{ stepKey: 'clean', status: 'WAITING' }])
    await store.runs.ended({ runId, status: 'SUCCESS', reason: null, skipped: [] })
    expect(await cleaning()).toEqual([])
  })
})
