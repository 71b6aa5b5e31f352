import { randomUUID } from 'node:crypto'
import type { OpenAPIHono } from '@hono/zod-openapi'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { Problem } from '../../api/contract/problem.ts'
import type { BackfillDetail, Client } from '../../client/index.ts'
import { asset } from '../../definitions/asset.ts'
import { definitions } from '../../definitions/definitions.ts'
import { assetJob } from '../../definitions/job.ts'
import { dailyPartitions } from '../../definitions/partitions/window-partitions.ts'
import { DurableStack, Gate } from '../durable-stack.ts'
import { clientOf, collected } from './api-fixture.ts'

const days = dailyPartitions({ start: '2024-01-01', end: '2024-03-01' })
const broken = new Set<string>()
let gate = new Gate()

const orders = asset({
  key: 'orders',
  partitions: days,
  materialize: (_inputs, { partitionKey }) => {
    if (broken.has(partitionKey)) throw new Error(`no orders of ${partitionKey}`)
    return partitionKey
  },
})
const report = asset({ key: 'report', partitions: days, inputs: { orders }, materialize: (inputs) => inputs.orders.length })
const gated = asset({
  key: 'gated',
  partitions: days,
  materialize: async (_inputs, { signal }) => {
    const aborted = new Promise<never>((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error)))
    await Promise.race([gate.opened, aborted])
  },
})
const whole = asset({ key: 'whole', materialize: () => 1 })

let stack: DurableStack
let app: OpenAPIHono
let client: Client

beforeAll(async () => {
  stack = await DurableStack.start('api-backfills')
  const jobs = [assetJob({ name: 'days', selection: 'orders or report', tags: { team: 'sales' } })]
  await stack.startWorker(definitions({ assets: [orders, report, gated, whole], jobs }))
  app = stack.app()
  client = clientOf(app)
})
afterAll(async () => {
  gate.open()
  await stack.stop()
})
afterEach(() => broken.clear())

async function asked(method: string, path: string, body?: object, headers: Record<string, string> = {}): Promise<Response> {
  const content = body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json', ...headers } }
  return await app.request(`http://127.0.0.1/api/v1${path}`, { method, ...content })
}

async function problemOf(answer: Response): Promise<Problem> {
  return Problem.parse(await answer.json())
}

const countsOf = ({ assets }: Pick<BackfillDetail, 'assets'>) =>
  Object.fromEntries(assets.map(({ assetKey, ...counts }) => [assetKey, counts]))

describe('POST /api/v1/backfills', () => {
  it('starts one of a job; the same key again gives the same one, and with another request a conflict', async () => {
    const request = { job: 'days', partitions: ['2024-01-01...2024-01-05', '2024-02-01'], tags: { reason: 'late data' }, priority: 2 }
    const headers = { 'idempotency-key': randomUUID() }
    const first = await asked('POST', '/backfills', request, headers)
    const { backfillId } = (await first.json()) as { backfillId: string }
    expect([first.status, first.headers.get('location')]).toEqual([201, `/api/v1/backfills/${backfillId}`])
    const second = await asked('POST', '/backfills', request, headers)
    expect([second.status, ((await second.json()) as { backfillId: string }).backfillId]).toEqual([200, backfillId])
    const other = await asked('POST', '/backfills', { ...request, priority: 3 }, headers)
    expect([other.status, (await problemOf(other)).code]).toEqual([409, 'IDEMPOTENCY_KEY_REUSED'])

    const ended = await client.backfills.wait(backfillId)
    const made = { targeted: 6, waiting: 0, inProgress: 0, materialized: 6, failed: 0, skipped: 0 }
    expect(ended).toMatchObject({
      status: 'SUCCESS',
      jobName: 'days',
      tags: { team: 'sales', reason: 'late data' },
      priority: 2,
      concurrency: 100,
      continueOnFailure: false,
      totals: { ...made, targeted: 12, materialized: 12 },
      stages: [{ assetKeys: ['orders', 'report'], ranges: ['2024-01-01...2024-01-05', '2024-02-01'], count: 6 }],
      waitingFor: null,
      temporal: { workflowId: `backfill:${backfillId}` },
    })
    expect(countsOf(ended)).toEqual({ orders: made, report: made })
    const runs = await collected(client.runs.iterate({ backfill: backfillId }))
    expect(runs.length).toBeGreaterThan(0)
    for (const run of runs) expect(run).toMatchObject({ backfillId, jobName: 'days', partitionKey: null })
    expect(runs.flatMap((run) => run.partitions ?? [])).toContain('2024-02-01')
    expect((await client.runs.list({ backfill: randomUUID() })).items).toEqual([])
  })

  it.each([
    [{ selection: 'orders', partitions: ['2024-01-32'] }, 422, 'PARTITION_UNKNOWN', 'Nearest: "2024-02-01"'],
    [{ selection: 'orders', partitions: ['2024-01-05...2024-01-01'] }, 422, 'PARTITION_UNKNOWN', 'Turn it around'],
    [{ selection: 'whole' }, 422, 'NOT_PARTITIONED', 'whole'],
    [{ selection: 'nothing' }, 422, 'UNKNOWN_ASSET', 'nothing'],
    [{ job: 'nights' }, 422, 'UNKNOWN_JOB', 'days'],
    [{ selection: 'orders', job: 'days' }, 422, 'REQUEST_INVALID', 'give either "selection" or "job"'],
    [{ selection: 'orders', partitions: [] }, 422, 'REQUEST_INVALID', 'partitions'],
    [{ selection: 'orders', concurrency: 0 }, 422, 'REQUEST_INVALID', 'concurrency'],
    [{ selection: 'orders', priority: 6 }, 422, 'REQUEST_INVALID', 'priority'],
    [{ selection: 'orders', partition: '2024-01-01' }, 422, 'REQUEST_INVALID', 'partition'],
  ])('refuses %j with %i %s', async (request, status, code, text) => {
    const answer = await asked('POST', '/backfills', request)
    const problem = await problemOf(answer)
    expect([answer.status, problem.code]).toEqual([status, code])
    expect(problem.detail).toContain(text)
  })
})

describe('a backfill with failures', () => {
  it('lists them by partition, and makes them when it is retried', async () => {
    broken.add('2024-01-02').add('2024-01-04')
    const { backfill } = await client.backfills.start({ selection: 'orders or report', partitions: ['2024-01-01...2024-01-05'] })
    const failed = await client.backfills.wait(backfill.backfillId)
    expect([failed.status, failed.totals]).toEqual([
      'FAILURE',
      { targeted: 10, waiting: 0, inProgress: 0, materialized: 6, failed: 2, skipped: 2 },
    ])
    const { items } = await client.backfills.failures(backfill.backfillId)
    expect(
      items.map(({ assetKey, partitionKey, kind, because, error }) => [assetKey, partitionKey, kind, because, error?.message]),
    ).toEqual([
      ['orders', '2024-01-02', 'FAILED', null, 'no orders of 2024-01-02'],
      ['orders', '2024-01-04', 'FAILED', null, 'no orders of 2024-01-04'],
      ['report', '2024-01-02', 'SKIPPED', 'orders', undefined],
      ['report', '2024-01-04', 'SKIPPED', 'orders', undefined],
    ])
    expect((await client.backfills.failures(backfill.backfillId, { limit: 1 })).items).toHaveLength(1)

    broken.clear()
    expect((await client.backfills.retry(backfill.backfillId)).backfillId).toBe(backfill.backfillId)
    const mended = await client.backfills.wait(backfill.backfillId)
    expect([mended.status, mended.totals.materialized]).toEqual(['SUCCESS', 10])
    expect((await client.backfills.failures(backfill.backfillId)).items).toEqual([])
    await expect(client.backfills.retry(backfill.backfillId)).rejects.toMatchObject({ status: 409, code: 'NOTHING_TO_DO' })
  })

  it('makes the others all the same where it continues on failure', async () => {
    broken.add('2024-01-02')
    await client.backfills.wait((await client.backfills.start({ selection: 'orders', partitions: ['2024-01-02'] })).backfill.backfillId)
    const request = { selection: 'orders or report', partitions: ['2024-01-01...2024-01-03'], continueOnFailure: true }
    const ended = await client.backfills.wait((await client.backfills.start(request)).backfill.backfillId)
    expect(countsOf(ended)['report']).toMatchObject({ targeted: 3, skipped: 0 })
  })
})

describe('steering a backfill', () => {
  it('pauses, resumes, changes and cancels it; once it has ended that is a conflict', async () => {
    gate = new Gate()
    const { backfill } = await client.backfills.start({ selection: 'gated', concurrency: 3 })
    const { backfillId } = backfill
    await expect.poll(async () => (await client.backfills.get(backfillId)).totals.inProgress, { timeout: 30_000 }).toBeGreaterThan(0)
    expect(await client.backfills.pause(backfillId)).toEqual({ backfillId, status: 'PAUSED' })
    expect((await client.backfills.list({ status: ['PAUSED'] })).items.map((each) => each.backfillId)).toEqual([backfillId])
    expect(await client.backfills.resume(backfillId)).toEqual({ backfillId, status: 'STARTED' })
    expect(await client.backfills.setConcurrency(backfillId, 5)).toMatchObject({ backfillId, concurrency: 5 })
    expect(await client.backfills.cancel(backfillId)).toEqual({ backfillId, status: 'CANCELING' })
    expect(await client.backfills.wait(backfillId)).toMatchObject({ status: 'CANCELED', concurrency: 5 })
    for (const action of ['pause', 'resume', 'cancel']) {
      const answer = await asked('POST', `/backfills/${backfillId}/${action}`)
      const problem = await problemOf(answer)
      expect([answer.status, problem.code]).toEqual([409, 'BACKFILL_ENDED'])
    }
  })

  it('is 404 for one that is not there, whatever is asked of it', async () => {
    const id = randomUUID()
    const answers = [
      await asked('GET', `/backfills/${id}`),
      await asked('GET', `/backfills/${id}/failures`),
      await asked('PATCH', `/backfills/${id}`, { concurrency: 2 }),
      ...(await Promise.all(['pause', 'resume', 'cancel', 'retry'].map((action) => asked('POST', `/backfills/${id}/${action}`)))),
    ]
    for (const answer of answers) expect([answer.status, (await problemOf(answer)).code]).toEqual([404, 'UNKNOWN_BACKFILL'])
    expect((await asked('PATCH', `/backfills/${id}`, { concurrency: 0 })).status).toBe(422)
  })

  it('are listed newest first and page by page', async () => {
    const all = await collected(client.backfills.iterate())
    const times = all.map((each) => each.createdAt)
    expect(times).toEqual(times.toSorted().toReversed())
    const first = await client.backfills.list({ limit: 1 })
    expect(first.items[0]?.backfillId).toBe(all[0]?.backfillId)
    const second = await client.backfills.list({ limit: 1, cursor: first.nextCursor ?? '' })
    expect(second.items[0]?.backfillId).toBe(all[1]?.backfillId)
  })
})
