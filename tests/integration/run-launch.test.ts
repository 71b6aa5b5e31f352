import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { asset } from '../../definitions/asset.ts'
import { definitions } from '../../definitions/definitions.ts'
import { env } from '../../definitions/env.ts'
import { isAssetryError, type AssetryError } from '../../definitions/errors.ts'
import { assetJob } from '../../definitions/job.ts'
import { resource } from '../../definitions/resource.ts'
import { snapshotOf } from '../../planning/snapshot-of.ts'
import type { LaunchRequest } from '../../temporal/launch-request.ts'
import { DurableStack } from '../durable-stack.ts'

const codeLocation = 'run-launch'
const withoutWorker = `${codeLocation}-without-worker`

const warehouse = resource({
  name: 'warehouse',
  config: z.object({ url: z.string(), pool: z.object({ size: z.number() }) }),
  create: ({ url }) => url,
})
const orders = asset({ key: 'raw/orders', materialize: () => [1, 2] })
const report = asset({ key: 'report', deps: [orders], materialize: () => 'done' })
const loaded = asset({ key: 'loaded', resources: { warehouse }, materialize: () => 1 })
const config = z.object({ minScore: z.number(), label: z.string() })
const seen = new Map<string, unknown>()
const scored = asset({ key: 'scored', config, materialize: (_, context) => void seen.set('scored', context.config) })
const ranked = asset({
  key: 'ranked',
  config,
  materialize: (_, context) => {
    seen.set('ranked', context.config)
    seen.set('run', context.run)
  },
})

const all = definitions({
  assets: [orders, report, loaded, scored, ranked],
  jobs: [
    assetJob({
      name: 'scoring',
      selection: 'scored or ranked',
      tags: { team: 'sales', urgency: 'low' },
      runConfig: { assets: { scored: { minScore: 1, label: 'of the job' }, ranked: { minScore: 2, label: 'of the job' } } },
    }),
  ],
  resources: [warehouse.configure({ url: env('ASSETRY_RUN_LAUNCH_URL'), pool: { size: 3 } })],
})

let stack: DurableStack

beforeAll(async () => {
  delete process.env['ASSETRY_RUN_LAUNCH_URL']
  stack = await DurableStack.start(codeLocation)
  await stack.startWorker(all)
  await stack.store.codeLocations.register(withoutWorker, await snapshotOf(all))
})
afterAll(() => stack.stop())

async function refusal(request: LaunchRequest): Promise<AssetryError> {
  const outcome = await stack.launcher.launch({ codeLocation, ...request }).catch((error: unknown) => error)
  if (isAssetryError(outcome)) return outcome
  throw new Error(`not refused: ${JSON.stringify(outcome)}`)
}

async function runCount(): Promise<number> {
  return (await stack.store.runs.list({}, { limit: 100 })).items.length
}

describe('a launch that is refused records nothing and says what is wrong', () => {
  const refusals: Readonly<Record<string, { request: LaunchRequest; code: string; says: readonly string[] }>> = {
    'an asset that is not there, with the nearest': {
      request: { selection: 'raw/order' },
      code: 'UNKNOWN_ASSET',
      says: ['raw/order', '"raw/orders"'],
    },
    'a job that is not there, with the nearest': { request: { job: 'scorin' }, code: 'UNKNOWN_JOB', says: ['"scorin"', '"scoring"'] },
    'a selection of nothing': { request: { selection: 'report and not report' }, code: 'EMPTY_SELECTION', says: ['report'] },
    'a selection that is none': { request: { selection: 'report and (' }, code: 'SELECTION_SYNTAX', says: ['report and ('] },
    'neither job nor selection': { request: {}, code: 'REQUEST_INVALID', says: ['a job or a selection'] },
    'both of them': { request: { job: 'scoring', selection: '*' }, code: 'REQUEST_INVALID', says: ['a job or a selection'] },
    'a partition of assets that have none': {
      request: { selection: 'report', partitionKey: '2026-01-01' },
      code: 'NOT_PARTITIONED',
      says: ['2026-01-01'],
    },
    'a code location that is not there': {
      request: { selection: 'report', codeLocation: 'elsewhere' },
      code: 'NO_CODE_LOCATION',
      says: ['"elsewhere"', codeLocation],
    },
    'config that is missing or wrong, at every path': {
      request: {
        selection: 'scored or ranked or report',
        runConfig: {
          assets: { scored: { minScore: 'high' }, report: { size: 1 }, rankd: {} },
          resourcs: {},
        } as LaunchRequest['runConfig'] & object,
      },
      code: 'CONFIG_INVALID',
      says: ['assets.scored.minScore', 'assets.scored.label', 'assets.ranked.minScore', 'assets.report', 'assets.rankd', 'resourcs'],
    },
    'an environment variable that is not set': {
      request: { selection: 'loaded' },
      code: 'ENV_MISSING',
      says: ['ASSETRY_RUN_LAUNCH_URL', 'warehouse'],
    },
    'config of a resource that its schema refuses': {
      request: { selection: 'loaded', runConfig: { resources: { warehouse: { url: 'here', pool: { size: 'big' } } } } },
      code: 'CONFIG_INVALID',
      says: ['resources.warehouse.pool.size'],
    },
    'config that nobody is there to check': {
      request: { selection: 'scored', codeLocation: withoutWorker },
      code: 'NO_WORKER',
      says: [withoutWorker, 'assetry worker'],
    },
  }

  for (const [what, { request, code, says }] of Object.entries(refusals)) {
    it(what, async () => {
      const error = await refusal(request)
      expect(error.code).toBe(code)
      for (const text of says) expect(error.message).toContain(text)
      expect(await runCount()).toBe(0)
    })
  }
})

describe('a launch', () => {
  it('gives the run of the first request to a second one with the same key, and refuses the key for another request', async () => {
    const request: LaunchRequest = { codeLocation, selection: 'report', idempotencyKey: 'nightly-1', tags: { a: '1', b: '2' } }
    const first = await stack.launcher.launch(request)
    const second = await stack.launcher.launch({ ...request, tags: { b: '2', a: '1' } })
    expect(first.created).toBe(true)
    expect(second.created).toBe(false)
    expect(second.run.runId).toBe(first.run.runId)
    const refused = await refusal({ ...request, selection: 'raw/orders' })
    expect(refused.code).toBe('IDEMPOTENCY_KEY_REUSED')
    expect(refused.message).toContain(first.run.runId)
    expect((await stack.ended(first.run.runId)).run.status).toBe('SUCCESS')
    // Also when the run has ended long since.
    expect((await stack.launcher.launch(request)).run.runId).toBe(first.run.runId)
    expect(await runCount()).toBe(1)
  })

  it('makes one run of requests that come at once with the same key', async () => {
    const before = await runCount()
    const request: LaunchRequest = { codeLocation, selection: 'raw/orders', idempotencyKey: 'at-once' }
    const launched = await Promise.all(Array.from({ length: 8 }, () => stack.launcher.launch(request)))
    expect(new Set(launched.map((each) => each.run.runId)).size).toBe(1)
    expect(launched.filter((each) => each.created)).toHaveLength(1)
    expect(await runCount()).toBe(before + 1)
    const { run, materialized } = await stack.ended(launched[0]?.run.runId ?? '')
    expect([run.status, materialized]).toEqual(['SUCCESS', ['raw/orders']])
  })

  it("takes a job's config and tags where the request brings none of its own", async () => {
    const { run } = await stack.runToEnd({
      job: 'scoring',
      tags: { urgency: 'high', by: 'ana' },
      runConfig: { assets: { ranked: { minScore: 9, label: 'of the request' } } },
    })
    expect(run).toMatchObject({ status: 'SUCCESS', jobName: 'scoring', tags: { team: 'sales', urgency: 'high', by: 'ana' } })
    expect(seen.get('scored')).toEqual({ minScore: 1, label: 'of the job' })
    expect(seen.get('ranked')).toEqual({ minScore: 9, label: 'of the request' })
    expect(seen.get('run')).toEqual({ id: run.runId, jobName: 'scoring', tags: run.tags })
  })
})

describe("a run in Temporal's Web UI", () => {
  it('is found by its assets, job and code location, and says what it is', async () => {
    const { run } = await stack.runToEnd({ job: 'scoring', tags: { by: 'ana' } })
    const described = await stack.workflow(run.runId).describe()
    expect(Object.fromEntries(described.typedSearchAttributes.getAll().map(({ key, value }) => [key.name, value]))).toMatchObject({
      AssetryAssets: ['scored', 'ranked'],
      AssetryJob: 'scoring',
      AssetryCodeLocation: codeLocation,
    })
    expect(await described.staticSummary()).toBe('job scoring · 2 assets')
    expect(await described.staticDetails()).toContain('- `scored`\n- `ranked`\n\nTags: ')
    const query = `AssetryJob = "scoring" AND AssetryAssets = "ranked" AND AssetryCodeLocation = "${codeLocation}" AND WorkflowId = "run:${run.runId}"`
    await expect.poll(async () => (await stack.client.workflow.count(query)).count, { timeout: 10_000 }).toBe(1)
  })

  it('says how far it is', async () => {
    const { run } = await stack.runToEnd('+report')
    const metadata = await stack.workflow(run.runId).query('__temporal_workflow_metadata')
    expect(metadata).toMatchObject({ currentDetails: '**2 of 2** steps succeeded · 0 running · 0 waiting' })
  })

  it('names each activity by its asset', async () => {
    const { run } = await stack.runToEnd('raw/orders')
    const { events } = await stack.workflow(run.runId).fetchHistory()
    const scheduled = (events ?? []).flatMap((event) => event.activityTaskScheduledEventAttributes ?? [])
    expect(scheduled.map((each) => each.activityId)).toEqual(['raw/orders'])
    const summaries = (events ?? []).flatMap((event) => event.userMetadata?.summary?.data ?? [])
    expect(summaries.map((data) => Buffer.from(data).toString())).toContain('"raw/orders"')
  })
})
