import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { Problem, problemMediaType } from '../../api/contract/problem.ts'
import { Run } from '../../api/contract/run.ts'
import { AssetryError } from '../../definitions/errors.ts'
import type { MetadataStore } from '../../metadata/metadata-store.ts'
import { type ApiFixture, clientOf, collected, startApiFixture } from './api-fixture.ts'

let api: ApiFixture
let salesRun: string

beforeAll(async () => {
  api = await startApiFixture('api-test')
  const { run } = await api.client.runs.start({ job: 'sales', tags: { reason: 'first' } })
  salesRun = run.runId
  await api.client.runs.wait(salesRun)
})
afterAll(async () => {
  await api.stop()
})

const post = (path: string, body: unknown, headers: Record<string, string> = {}) =>
  api.app.request(path, { method: 'POST', body: JSON.stringify(body), headers: { 'content-type': 'application/json', ...headers } })

/** The problem in an answer, once it is known to be one in every respect. */
async function problemIn(answer: Response): Promise<Problem> {
  expect(answer.headers.get('content-type')).toBe(problemMediaType)
  const problem = Problem.parse(await answer.json())
  expect(problem).toMatchObject({ status: answer.status, type: `urn:assetry:error:${problem.code}` })
  return problem
}

const problemAt = async (path: string) => problemIn(await api.app.request(path))

describe('assets', () => {
  it('are listed by key with the newest that is known of each', async () => {
    const { items, nextCursor } = await api.client.assets.list()
    expect(items.map((asset) => asset.key)).toEqual([
      'after_broken',
      'broken',
      'gated',
      'loaded',
      'orders',
      'raw/orders',
      'report',
      'scored',
    ])
    expect(nextCursor).toBeNull()
    const raw = items.find((asset) => asset.key === 'raw/orders')
    expect(raw?.latest).toMatchObject({ status: 'MATERIALIZED', lastRunId: salesRun, materializationCount: 1, inProgressRunId: null })
    expect(raw?.latest.lastMaterialization?.metadata).toEqual({
      rows: { type: 'int', value: 2 },
      note: { type: 'null', value: null },
      sample: { type: 'json', value: { first: { id: 1, discount: null } } },
      read: { type: 'timestamp', value: '1970-01-01T00:00:00.000Z' },
    })
    expect(items.find((asset) => asset.key === 'scored')).toMatchObject({
      latest: { status: 'NEVER_MATERIALIZED' },
      codeLocation: 'api-test',
    })
  })

  it('are filtered by selection, group with its nested ones, and kind, all at once', async () => {
    const keys = async (filter: object) => (await api.client.assets.list(filter)).items.map((asset) => asset.key)
    expect(await keys({ select: '+orders' })).toEqual(['orders', 'raw/orders'])
    expect(await keys({ group: 'sales' })).toEqual(['orders', 'report'])
    expect(await keys({ kind: 'csv' })).toEqual(['raw/orders'])
    expect(await keys({ select: '+report', group: 'raw' })).toEqual(['raw/orders'])
    expect(await keys({ select: 'group:nothing' })).toEqual([])
  })

  it('come page by page, each once', async () => {
    const first = await api.client.assets.list({ limit: 3 })
    expect(first.items).toHaveLength(3)
    const second = await api.client.assets.list({ limit: 3, cursor: first.nextCursor ?? '' })
    expect(second.items.map((asset) => asset.key)).toEqual(['loaded', 'orders', 'raw/orders'])
    const all = await collected(api.client.assets.iterate())
    expect(all).toHaveLength(8)
  })

  it('are shown with their place in the graph, also with a slash in the key', async () => {
    const raw = await api.client.assets.get('raw/orders')
    expect(raw).toMatchObject({
      key: 'raw/orders',
      upstreamKeys: [],
      downstreamKeys: ['orders'],
      jobNames: ['sales'],
      owners: ['team:sales'],
    })
    const orders = await api.client.assets.get('orders')
    expect(orders).toMatchObject({ inputs: [{ name: 'rawOrders', key: 'raw/orders' }], downstreamKeys: ['report'] })
    const scored = await api.client.assets.get('scored')
    expect(scored.config?.acceptsNone).toBe(false)
    expect(scored.config?.jsonSchema).toMatchObject({ properties: { minScore: { type: 'number' } } })
  })

  it('name the run that makes them now', async () => {
    const { run } = await api.client.runs.start({ selection: 'gated' })
    await expect.poll(async () => (await api.client.assets.get('gated')).latest.inProgressRunId).toBe(run.runId)
    await api.client.runs.cancel(run.runId)
    await api.client.runs.wait(run.runId)
    expect((await api.client.assets.get('gated')).latest.inProgressRunId).toBeNull()
  })

  it('list their materializations, newest first and page by page', async () => {
    const { run } = await api.client.runs.start({ selection: 'report' })
    await api.client.runs.wait(run.runId)
    const first = await api.client.assets.materializations('report', { limit: 1 })
    expect(first.items[0]).toMatchObject({ assetKey: 'report', runId: run.runId })
    const runs = (await collected(api.client.assets.iterateMaterializations('report'))).map((each) => each.runId)
    expect(runs).toEqual([run.runId, salesRun])
    expect((await api.client.assets.materializations('scored')).items).toEqual([])
  })

  it('that do not exist are 404 with the nearest keys', async () => {
    const problem = await problemAt('/api/v1/assets/raw%2Fordres')
    expect(problem).toMatchObject({ status: 404, code: 'UNKNOWN_ASSET', title: 'Unknown asset', instance: '/api/v1/assets/raw%2Fordres' })
    expect(problem.detail).toContain('"raw/orders"')
    expect(await problemAt('/api/v1/assets/nothing/materializations')).toMatchObject({ status: 404 })
    expect(await problemAt('/api/v1/assets/nothing_here/materializations')).toMatchObject({ status: 404, code: 'UNKNOWN_ASSET' })
  })

  it('refuse a selection that is not right with 422', async () => {
    expect(await problemAt('/api/v1/assets?select=ordres')).toMatchObject({ status: 422, code: 'UNKNOWN_ASSET' })
    expect(await problemAt('/api/v1/assets?select=group%3A')).toMatchObject({ status: 422, code: 'SELECTION_SYNTAX' })
  })
})

describe('lineage', () => {
  it('has every asset after those it needs, and tells inputs from deps', async () => {
    const { nodes, edges } = await api.client.lineage({ select: '+report' })
    expect(nodes.map((node) => [node.key, node.status])).toEqual([
      ['raw/orders', 'MATERIALIZED'],
      ['orders', 'MATERIALIZED'],
      ['report', 'MATERIALIZED'],
    ])
    expect(edges).toEqual([
      { upstream: 'raw/orders', downstream: 'orders', loaded: true },
      { upstream: 'orders', downstream: 'report', loaded: false },
    ])
  })

  it('has all assets without a selection, and only edges among those selected', async () => {
    expect((await api.client.lineage()).nodes).toHaveLength(8)
    expect((await api.client.lineage({ select: 'raw/orders or report' })).edges).toEqual([])
  })

  it('refuses a selection that matches nothing', async () => {
    expect(await problemAt('/api/v1/lineage?select=group:nothing')).toMatchObject({ status: 422, code: 'EMPTY_SELECTION' })
  })
})

describe('jobs, resources and code locations', () => {
  it('jobs say what they select', async () => {
    const sales = { name: 'sales', codeLocation: 'api-test', tags: { team: 'sales' }, assetKeys: ['raw/orders', 'orders', 'report'] }
    expect((await api.client.jobs.list()).items).toEqual([expect.objectContaining(sales)])
    expect(await api.client.jobs.get('sales')).toMatchObject(sales)
    expect(await problemAt('/api/v1/jobs/sale')).toMatchObject({ status: 404, code: 'UNKNOWN_JOB' })
  })

  it('resources name the variables they read and the assets that use them', async () => {
    expect((await api.client.resources.list()).items).toEqual([
      {
        name: 'warehouse',
        codeLocation: 'api-test',
        description: 'Where rows end up.',
        environment: ['ASSETRY_API_TEST_UNSET'],
        usedBy: ['loaded'],
      },
    ])
  })

  it('code locations say whether a worker is there', async () => {
    const { items } = await api.client.codeLocations.list()
    expect(items).toEqual([
      expect.objectContaining({
        name: 'api-test',
        assetCount: 8,
        jobCount: 1,
        resourceCount: 1,
        taskQueue: 'assetry:api-test',
        hasWorker: true,
      }),
    ])
  })
})

describe('runs', () => {
  it('are started with 201, their address, and steps that wait', async () => {
    const answer = await post('/api/v1/runs', { selection: '+report', tags: { why: 'a:b' } })
    const run = Run.parse(await answer.json())
    expect(answer.status).toBe(201)
    expect(answer.headers.get('location')).toBe(`/api/v1/runs/${run.runId}`)
    expect(run).toMatchObject({ status: 'QUEUED', selection: '+report', stepCount: 3, tags: { why: 'a:b' }, jobName: null })
    await api.client.runs.wait(run.runId)
  })

  it('show their steps in the order of the plan, what they made, and where they are in Temporal', async () => {
    const run = await api.client.runs.get(salesRun)
    expect(run).toMatchObject({ status: 'SUCCESS', jobName: 'sales', tags: { team: 'sales', reason: 'first' }, waitingFor: null })
    expect(run.steps.map((step) => [step.assetKey, step.status, step.attempt, step.error])).toEqual([
      ['raw/orders', 'SUCCESS', 1, null],
      ['orders', 'SUCCESS', 1, null],
      ['report', 'SUCCESS', 1, null],
    ])
    expect(run.materializations.map((each) => each.assetKey).toSorted()).toEqual(['orders', 'raw/orders', 'report'])
    expect(run.temporal).toEqual({
      workflowId: `run:${salesRun}`,
      namespace: inject('temporalNamespace'),
      url: `http://127.0.0.1:8233/namespaces/${inject('temporalNamespace')}/workflows/run%3A${salesRun}`,
    })
  })

  it('show the error of a step, and which step another was skipped because of', async () => {
    const { run } = await api.client.runs.start({ selection: 'broken+' })
    const { status, steps } = await api.client.runs.wait(run.runId)
    expect(status).toBe('FAILURE')
    expect(steps[0]).toMatchObject({
      assetKey: 'broken',
      status: 'FAILURE',
      failures: 1,
      error: { name: 'Error', message: 'no such table' },
    })
    expect(steps[1]).toMatchObject({ assetKey: 'after_broken', status: 'SKIPPED', because: 'broken' })
    expect((await api.client.assets.get('broken')).latest).toMatchObject({
      status: 'FAILED',
      lastRunId: run.runId,
      lastMaterialization: null,
    })
  })

  it('are the same run for the same idempotency key, and refused for another request', async () => {
    const options = { idempotencyKey: randomUUID() }
    const first = await api.client.runs.start({ selection: 'raw/orders' }, options)
    const again = await api.client.runs.start({ selection: 'raw/orders' }, options)
    expect([first.created, again.created]).toEqual([true, false])
    expect(again.run.runId).toBe(first.run.runId)
    const other = post('/api/v1/runs', { selection: 'orders' }, { 'idempotency-key': options.idempotencyKey })
    expect(await problemIn(await other)).toMatchObject({ status: 409, code: 'IDEMPOTENCY_KEY_REUSED' })
    await api.client.runs.wait(first.run.runId)
  })

  it('are listed newest first, and filtered by status, job, asset and tag, all at once', async () => {
    const { run } = await api.client.runs.start({ job: 'sales', tags: { reason: 'listed:twice' } })
    await api.client.runs.wait(run.runId)
    const ids = async (filter: object) => (await collected(api.client.runs.iterate(filter))).map((each) => each.runId)
    expect((await api.client.runs.list({ limit: 1 })).items.map((each) => each.runId)).toEqual([run.runId])
    expect(await ids({ job: 'sales' })).toEqual([run.runId, salesRun])
    expect(await ids({ tags: { reason: 'listed:twice' } })).toEqual([run.runId])
    expect(await ids({ tags: { reason: 'first', team: 'sales' } })).toEqual([salesRun])
    expect(await ids({ tags: { reason: 'first', team: 'other' } })).toEqual([])
    const failed = (await api.client.runs.list({ status: ['FAILURE', 'CANCELED'] })).items
    expect(new Set(failed.map((each) => each.status))).toEqual(new Set(['FAILURE', 'CANCELED']))
    expect(await ids({ asset: 'raw/orders', status: ['FAILURE'] })).toEqual([])
    expect(await ids({ asset: 'raw/orders', job: 'sales' })).toEqual([run.runId, salesRun])
  })

  it('are cancelled with 202, once', async () => {
    const { run } = await api.client.runs.start({ selection: 'gated' })
    await expect.poll(async () => (await api.client.runs.get(run.runId)).steps[0]?.status).toBe('STARTED')
    const answer = await post(`/api/v1/runs/${run.runId}/cancel`, undefined)
    expect([answer.status, await answer.json()]).toEqual([202, { runId: run.runId, status: 'CANCELING' }])
    expect(await api.client.runs.wait(run.runId)).toMatchObject({ status: 'CANCELED', steps: [{ status: 'CANCELED' }] })
    expect(await problemIn(await post(`/api/v1/runs/${run.runId}/cancel`, undefined))).toMatchObject({ status: 409, code: 'RUN_ENDED' })
  })

  it('that do not exist are 404', async () => {
    const paths = ['/api/v1/runs/nothing', '/api/v1/runs/nothing/events', `/api/v1/runs/${randomUUID()}`]
    for (const path of paths) expect(await problemAt(path)).toMatchObject({ status: 404, code: 'UNKNOWN_RUN' })
    expect(await problemIn(await post('/api/v1/runs/nothing/cancel', undefined))).toMatchObject({ status: 404, code: 'UNKNOWN_RUN' })
    const stream = await api.app.request('/api/v1/runs/nothing/events', { headers: { accept: 'text/event-stream' } })
    expect(await problemIn(stream)).toMatchObject({ status: 404, code: 'UNKNOWN_RUN' })
  })

  it.each([
    ['an unknown asset', { selection: 'ordres' }, 422, 'UNKNOWN_ASSET'],
    ['an unknown job', { job: 'sale' }, 422, 'UNKNOWN_JOB'],
    ['a selection that matches nothing', { selection: 'group:nothing' }, 422, 'EMPTY_SELECTION'],
    ['a selection that is cut short', { selection: 'orders and' }, 422, 'SELECTION_SYNTAX'],
    ['a partition of what has none', { selection: 'orders', partitionKey: '2026-01-01' }, 422, 'NOT_PARTITIONED'],
    ['a missing environment variable', { selection: 'loaded' }, 422, 'ENV_MISSING'],
  ])('are refused for %s, and nothing is started', async (_, request, status, code) => {
    const before = await api.client.runs.list({ limit: 1 })
    expect(await problemIn(await post('/api/v1/runs', request))).toMatchObject({ status, code })
    expect(await api.client.runs.list({ limit: 1 })).toEqual(before)
  })

  it('are refused for wrong config with every path', async () => {
    const problem = await problemIn(
      await post('/api/v1/runs', { selection: 'scored', runConfig: { assets: { scored: { minScore: 'high' } } } }),
    )
    expect(problem).toMatchObject({ status: 422, code: 'CONFIG_INVALID' })
    expect(problem.findings?.map((finding) => finding.path).toSorted()).toEqual(['assets.scored.label', 'assets.scored.minScore'])
  })
})

describe("a run's log as JSON", () => {
  it('has every entry once, in order, and says when there will be no more', async () => {
    const { items, ended } = await api.client.runs.events(salesRun)
    expect(items.map((event) => event.seq)).toEqual(items.map((_, index) => index + 1))
    expect(items[0]?.type).toBe('RUN_QUEUED')
    expect(items.filter((event) => event.type === 'ASSET_MATERIALIZATION').map((event) => event.assetKey)).toEqual([
      'raw/orders',
      'orders',
      'report',
    ])
    expect(items.find((event) => event.type === 'LOG')?.data.lines?.[0]).toMatchObject({
      level: 'info',
      message: 'reading orders',
      fields: { rows: 2 },
    })
    expect(items.at(-1)?.type).toBe('RUN_SUCCESS')
    expect(ended).toBe(true)
  })

  it('goes on after any entry, in pieces of any size', async () => {
    const all = (await api.client.runs.events(salesRun)).items
    const first = await api.client.runs.events(salesRun, { limit: 2 })
    const rest = await api.client.runs.events(salesRun, { after: 2 })
    expect(first.ended).toBe(false)
    expect([...first.items, ...rest.items]).toEqual(all)
    expect(await api.client.runs.events(salesRun, { after: all.length })).toEqual({ items: [], ended: true })
  })

  it('leaves LOG out on demand', async () => {
    const { items } = await api.client.runs.events(salesRun, { logs: false })
    expect(items.some((event) => event.type === 'LOG')).toBe(false)
    expect(items.at(-1)?.type).toBe('RUN_SUCCESS')
  })
})

describe('what is asked', () => {
  it('is refused with every path that is wrong', async () => {
    const answer = await post('/api/v1/runs', { selection: 1, tags: { a: 2 }, partition: 'x', runConfig: { asset: {} } })
    const problem = await problemIn(answer)
    expect(problem).toMatchObject({ status: 422, code: 'REQUEST_INVALID' })
    expect(problem.findings?.map((finding) => finding.path).toSorted()).toEqual(['partition', 'runConfig.asset', 'selection', 'tags.a'])
  })

  it.each([
    ['neither a selection nor a job', {}],
    ['both', { selection: 'orders', job: 'sales' }],
  ])('is refused with %s', async (_, request) => {
    expect(await problemIn(await post('/api/v1/runs', request))).toMatchObject({ status: 422, code: 'REQUEST_INVALID' })
  })

  it.each([
    ['/api/v1/assets?limit=0', 'limit'],
    ['/api/v1/assets?limit=501', 'limit'],
    ['/api/v1/assets?cursor=%21', 'cursor'],
    ['/api/v1/runs?status=DONE', 'status.0'],
    ['/api/v1/runs?tag=team', 'tag.0'],
    ['/api/v1/runs?cursor=%21', 'cursor'],
    [`/api/v1/runs/any/events?after=-1`, 'after'],
  ])('is refused in a query: %s', async (path, where) => {
    const problem = await problemAt(path)
    expect(problem).toMatchObject({ status: 422, code: 'REQUEST_INVALID' })
    expect(problem.detail).toContain(where.split('.')[0])
  })

  it('is refused where its body is no JSON, has another type, or is too large', async () => {
    const send = async (body: string, type: string) =>
      problemIn(await api.app.request('/api/v1/runs', { method: 'POST', body, headers: { 'content-type': type } }))
    expect(await send('{', 'application/json')).toMatchObject({ status: 400, code: 'REQUEST_INVALID' })
    expect(await send('selection=orders', 'application/x-www-form-urlencoded')).toMatchObject({ status: 415, code: 'REQUEST_INVALID' })
    const large = JSON.stringify({ selection: 'x'.repeat(4 * 1024 * 1024) })
    expect(await send(large, 'application/json')).toMatchObject({ status: 413, code: 'REQUEST_INVALID' })
  })

  it('is a 404 problem where there is nothing', async () => {
    expect(await problemAt('/api/v2/assets')).toMatchObject({ status: 404, code: 'NOT_FOUND' })
    expect(await problemIn(await post('/api/v1/assets', {}))).toMatchObject({ status: 404, code: 'NOT_FOUND' })
  })
})

describe('who asks', () => {
  const ask = (host: string, init: { method?: string; headers?: Record<string, string> } = {}, app = api.app) =>
    app.request('/livez', { ...init, headers: { host, ...init.headers } })

  it.each(['localhost:3000', 'LOCALHOST', 'assetry.localhost:80', '127.0.0.1:3000', '[::1]:3000'])('is answered under %s', async (host) => {
    expect((await ask(host)).status).toBe(200)
  })

  it.each(['evil.example', 'evil.example:3000', 'localhost.evil.example', '127.0.0.1.evil.example', '10.0.0.1:3000'])(
    'is refused under %s',
    async (host) => {
      expect(await problemIn(await ask(host))).toMatchObject({ status: 403, code: 'HOST_REFUSED' })
    },
  )

  it('is answered under names that are allowed, and under all with *', async () => {
    const named = api.appWith({ allowedHosts: ['Data.Example'] })
    expect((await ask('data.example:8080', {}, named)).status).toBe(200)
    expect((await ask('other.example', {}, named)).status).toBe(403)
    expect((await ask('other.example', {}, api.appWith({ allowedHosts: ['*'] }))).status).toBe(200)
  })

  it.each([
    ['another site', { origin: 'https://evil.example' }],
    ['another port of this machine', { origin: 'http://localhost:9999' }],
    ['a sandboxed page', { origin: 'null' }],
    ['a page that hides its origin', { 'sec-fetch-site': 'cross-site' }],
  ])('may change nothing from %s', async (_, headers) => {
    const answer = await post('/api/v1/runs', { selection: 'orders' }, { host: 'localhost:3000', ...headers })
    expect(await problemIn(answer)).toMatchObject({ status: 403, code: 'ORIGIN_REFUSED' })
  })

  it('may change things from our own page, and read from anywhere', async () => {
    const own = await post('/api/v1/runs', { selection: 'ordres' }, { host: 'localhost:3000', origin: 'http://localhost:3000' })
    expect((await problemIn(own)).code).toBe('UNKNOWN_ASSET')
    expect((await ask('localhost', { headers: { origin: 'https://evil.example' } })).status).toBe(200)
  })

  it('gets headers that keep answers out of caches and frames', async () => {
    const { headers } = await api.app.request('/api/v1/assets')
    expect(headers.get('cache-control')).toBe('no-store')
    expect(headers.get('x-content-type-options')).toBe('nosniff')
    expect(headers.get('content-security-policy')).toContain("default-src 'none'")
    expect(headers.get('access-control-allow-origin')).toBeNull()
  })
})

describe('health', () => {
  it('names every part', async () => {
    expect(await (await api.app.request('/livez')).json()).toEqual({ status: 'ok', version: '0.1.0' })
    expect((await api.app.request('/readyz')).status).toBe(200)
    expect(await api.client.health()).toEqual({
      status: 'ok',
      version: '0.1.0',
      parts: ['store', 'temporal', 'codeLocation', 'worker'].map((name) => ({ name, ok: true, detail: null })),
    })
  })

  it('is 503 where a part is away, with what to do, and no request is worse than that', async () => {
    const away = new AssetryError('STORE_UNREACHABLE', 'No connection to 127.0.0.1:5432.')
    const app = api.appWith({ store: storeThat(() => Promise.reject(away)) })
    expect((await app.request('/readyz')).status).toBe(503)
    expect((await clientOf(app).health()).parts[0]).toEqual({ name: 'store', ok: false, detail: 'No connection to 127.0.0.1:5432.' })
    const answer = await app.request('/api/v1/assets')
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0)
    expect(await problemIn(answer)).toMatchObject({ status: 503, code: 'STORE_UNREACHABLE' })
  })

  it('says where to look on the first page', async () => {
    expect(await (await api.app.request('/')).json()).toMatchObject({
      api: '/api/v1',
      docs: '/api/docs',
      temporalUi: 'http://127.0.0.1:8233',
    })
  })
})

describe('a mistake of ours', () => {
  it('is a 500 that tells nothing, and a line in the log that tells all', async () => {
    const logged: object[] = []
    const mistake = new TypeError('password=hunter2 is undefined')
    const app = api.appWith({ store: storeThat(() => Promise.reject(mistake)), log: { error: (fields) => logged.push(fields) } })
    const answer = await app.request('/api/v1/jobs')
    expect(await answer.clone().text()).not.toContain('hunter2')
    expect(await problemIn(answer)).toMatchObject({ status: 500, code: 'INTERNAL' })
    expect(logged).toEqual([{ err: mistake, method: 'GET', path: '/api/v1/jobs' }])
  })
})

/** The real store, except that it answers as told when it is asked for anything of code locations, or whether it is there. */
function storeThat(answers: () => Promise<never>): MetadataStore {
  const { codeLocations } = api.store
  return { ...api.store, ping: answers, codeLocations: { ...codeLocations, current: answers, list: answers } }
}
