import { randomUUID } from 'node:crypto'
import { getTableConfig } from 'drizzle-orm/pg-core'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { PlanStep } from '../planning/run-plan.ts'
import type { HeldStep, MetadataStore, NewMaterialization, NewRun, RecordedError, StepClaim } from './metadata-store.ts'
import { openStore } from './open-store.ts'
import { assetStatuses } from './tables/asset-statuses.ts'
import { codeLocations, snapshots } from './tables/code-locations.ts'
import { events } from './tables/events.ts'
import { logChunks } from './tables/log-chunks.ts'
import { materializations } from './tables/materializations.ts'
import { planChunks } from './tables/plan-chunks.ts'
import { runs } from './tables/runs.ts'
import { steps } from './tables/steps.ts'
import { type AnswerLosingProxy, startAnswerLosingProxy } from '../tests/answer-losing-proxy.ts'

/** A server for the suite to use, crash and start again. */
export interface StoreBackend {
  readonly url: string
  /** The URL of a database in which nothing has been made yet. */
  emptyDatabase(): Promise<string>
  /** Ends the server without giving it time for anything. */
  crash(): Promise<void>
  /** Starts it again, at the same URL. */
  start(): Promise<void>
  stop(): Promise<void>
}

/** What every metadata store must do, whatever it is kept in. */
export function metadataStoreSuite(name: string, startBackend: () => Promise<StoreBackend>): void {
  describe(`the metadata store on ${name}`, () => {
    let backend: StoreBackend
    let store: MetadataStore

    beforeAll(async () => {
      backend = await startBackend()
      store = await openStore({ url: backend.url })
    })

    afterAll(async () => {
      await store?.close()
      await backend?.stop()
    })

    describe('runs', () => {
      test('a run is recorded as QUEUED, with its plan in parts', async () => {
        const run = newRun(1234, {
          jobName: 'daily',
          tags: { team: 'data' },
          partitionKey: '2026-01-01',
          runConfig: { assets: { a: { min: 1 } } },
        })
        const { created, run: recorded } = await store.runs.create(run)
        expect(created).toBe(true)
        const { plan, idempotencyKey, ...facts } = run
        expect({ plan, idempotencyKey, ...recorded }).toMatchObject({
          ...facts,
          status: 'QUEUED',
          stepCount: 1234,
          startedAt: null,
          endedAt: null,
          endReason: null,
        })
        expect(recorded.assetKeys).toEqual(run.plan.steps.map((step) => step.asset))
        expect(await store.runs.get(run.runId)).toEqual(recorded)
        expect(await store.runs.planSteps(run.runId, 480, 600)).toEqual(run.plan.steps.slice(480, 1080))
        expect(await store.runs.planSteps(run.runId, 1200, 600)).toEqual(run.plan.steps.slice(1200))
        expect(await store.runs.planSteps(run.runId, 5000, 10)).toEqual([])
      })

      test('a run that is not there is undefined, and can’t be recorded about', async () => {
        const step = { runId: 'nowhere', stepKey: 'a', fence: 1 }
        expect(await store.runs.get('nowhere')).toBeUndefined()
        expect(await store.runs.canceling('nowhere')).toBeUndefined()
        const refused = [
          store.runs.started('nowhere'),
          store.runs.ended({ runId: 'nowhere', status: 'SUCCESS', reason: null, skipped: [] }),
          store.steps.start(startOf('nowhere', 'a')),
          store.steps.succeeded(step, []),
          store.steps.failed(step, boom, null),
          store.steps.log({ runId: 'nowhere', stepKey: 'a', attempt: 1 }, [line('lost')]),
        ]
        for (const result of await Promise.allSettled(refused))
          expect(result).toMatchObject({ status: 'rejected', reason: { code: 'UNKNOWN_RUN' } })
      })

      test('a second run with an idempotency key is the first one, also when both come at once', async () => {
        const key = randomUUID()
        const requests = Array.from({ length: 5 }, () => newRun(1, { idempotencyKey: key, requestHash: 'hash' }))
        const answers = await Promise.all(requests.map((run) => store.runs.create(run)))
        expect(answers.filter(({ created }) => created)).toHaveLength(1)
        expect(new Set(answers.map(({ run }) => run.runId)).size).toBe(1)
        expect(answers[0]?.run.requestHash).toBe('hash')
      })

      test('creating the same run again gives the same answer and makes nothing', async () => {
        const run = newRun(2)
        const first = await store.runs.create(run)
        expect(await store.runs.create(run)).toEqual(first)
        expect(await eventTypes(store, run.runId)).toEqual(['RUN_QUEUED'])
      })

      test('a run starts once, is asked to cancel once, and ends once', async () => {
        const { runId } = await createRun(store, 1)
        await store.runs.started(runId)
        await store.runs.started(runId)
        expect(await store.runs.canceling(runId)).toBe('CANCELING')
        expect(await store.runs.canceling(runId)).toBe('CANCELING')
        await store.runs.started(runId)
        await store.runs.ended({ runId, status: 'CANCELED', reason: 'canceled by ann\0', skipped: [] })
        await store.runs.ended({ runId, status: 'SUCCESS', reason: null, skipped: [] })
        expect(await store.runs.canceling(runId)).toBe('CANCELED')
        expect(await eventTypes(store, runId)).toEqual(['RUN_QUEUED', 'RUN_STARTED', 'RUN_CANCELING', 'RUN_CANCELED'])
        const run = await store.runs.get(runId)
        expect(run).toMatchObject({
          status: 'CANCELED',
          endReason: 'canceled by ann\ufffd',
          startedAt: expect.any(Date),
          endedAt: expect.any(Date),
        })
      })

      test('the end of a run skips what never started, and fences off what is still at work', async () => {
        const { runId, plan } = await createRun(store, 4)
        const [a, b, c, d] = plan.steps.map((step) => step.key) as [string, string, string, string]
        const failing = await claim(store, runId, a)
        await store.steps.failed(failing, boom, null)
        const straggler = await claim(store, runId, b)
        const waiting = await claim(store, runId, c)
        await store.steps.requeued(waiting, 'the worker shuts down')
        const end = { runId, status: 'FAILURE', reason: null, skipped: [{ stepKey: d, because: a }] } as const
        await store.runs.ended(end)
        await store.runs.ended(end)
        expect(await statuses(store, runId)).toEqual({ [a]: 'FAILURE', [b]: 'CANCELED', [c]: 'CANCELED', [d]: 'SKIPPED' })
        expect((await store.steps.list(runId)).find((step) => step.stepKey === d)).toMatchObject({
          assetKey: plan.steps[3]?.asset,
          because: a,
          startedAt: null,
        })
        expect((await eventTypes(store, runId)).slice(-4)).toEqual(['STEP_SKIPPED', 'STEP_CANCELED', 'STEP_CANCELED', 'RUN_FAILURE'])
        await expectFenced(store.steps.succeeded(straggler, [materializationOf(b)]))
        await expectFenced(store.steps.failed(straggler, boom, 100))
        expect(await store.steps.holds(straggler)).toBe(false)
        expect(await store.materializations.ofRun(runId)).toEqual([])
      })

      test('an ended run starts no more steps', async () => {
        const { runId, plan } = await createRun(store, 2)
        await store.runs.ended({ runId, status: 'SUCCESS', reason: null, skipped: [] })
        expect(await store.steps.start(startOf(runId, plan.steps[0]?.key ?? ''))).toEqual({
          kind: 'ended',
          status: 'CANCELED',
          error: null,
        })
        expect(await store.steps.list(runId)).toEqual([])
      })

      test('lists go from the newest run down, page by page, by filter', async () => {
        const jobName = `job-${randomUUID()}`
        const made: string[] = []
        for (let index = 0; index < 5; index += 1) {
          made.unshift((await createRun(store, 1, { jobName, tags: { part: index % 2 === 0 ? 'even' : 'odd', of: 'list' } })).runId)
        }
        const [newest] = made
        const first = await store.runs.list({ jobName }, { limit: 2 })
        const second = await store.runs.list({ jobName }, { limit: 2, cursor: first.cursor ?? '' })
        const third = await store.runs.list({ jobName }, { limit: 2, cursor: second.cursor ?? '' })
        expect([first, second, third].map(({ items }) => items.map((run) => run.runId))).toEqual([
          made.slice(0, 2),
          made.slice(2, 4),
          made.slice(4),
        ])
        expect(third.cursor).toBeNull()
        expect((await store.runs.list({ jobName, tags: { part: 'odd' } }, { limit: 9 })).items.map((run) => run.runId)).toEqual([
          made[1],
          made[3],
        ])
        const assetKey = (await store.runs.get(newest ?? ''))?.assetKeys[0] ?? ''
        expect((await store.runs.list({ assetKey }, { limit: 9 })).items.map((run) => run.runId)).toEqual([newest])
        await store.runs.started(newest ?? '')
        expect((await store.runs.list({ jobName, statuses: ['STARTED', 'SUCCESS'] }, { limit: 9 })).items.map((run) => run.runId)).toEqual([
          newest,
        ])
        expect((await store.runs.list({ jobName, statuses: [] }, { limit: 9 })).items).toEqual([])
        await expect(store.runs.list({}, { limit: 1, cursor: '???' })).rejects.toMatchObject({ code: 'REQUEST_INVALID' })
      })

      test('open runs are those that have not ended, the oldest first', async () => {
        const ids = [(await createRun(store, 1)).runId, (await createRun(store, 1)).runId, (await createRun(store, 1)).runId]
        await store.runs.ended({ runId: ids[1] ?? '', status: 'SUCCESS', reason: null, skipped: [] })
        const open = (await store.runs.open()).map((run) => run.runId)
        expect(open.filter((runId) => ids.includes(runId))).toEqual([ids[0], ids[2]])
      })
    })

    describe('steps', () => {
      test('a step that succeeds writes four rows: its start, itself, its materialization, the asset’s status', async () => {
        const { runId, plan } = await createRun(store, 1)
        const before = await rowCount(backend.url)
        await store.steps.succeeded(await claim(store, runId, plan.steps[0]?.key ?? ''), [materializationOf(plan.steps[0]?.asset ?? '')])
        expect((await rowCount(backend.url)) - before).toBe(4)
      })

      test('a step that is claimed and ended in one leaves what the two leave: four rows, the same log, its status', async () => {
        const { runId, plan } = await createRun(store, 1)
        const key = plan.steps[0]?.key ?? ''
        const before = await rowCount(backend.url)
        await store.steps.completed(startOf(runId, key), 3, [materializationOf(key)])
        expect((await rowCount(backend.url)) - before).toBe(4)
        expect(await eventTypes(store, runId)).toEqual(['RUN_QUEUED', 'STEP_START', 'ASSET_MATERIALIZATION'])
        await expectLogWithoutGaps(store, runId)
        expect(await store.steps.list(runId)).toMatchObject([{ stepKey: key, status: 'SUCCESS', attempt: 1, failures: 0, losses: 0 }])
        expect(await store.materializations.latest([key])).toMatchObject([{ status: 'MATERIALIZED', materializationCount: 1 }])
        expect(await store.steps.start({ ...startOf(runId, key), attempt: 2 })).toMatchObject({ kind: 'ended', status: 'SUCCESS' })
      })

      test('a step that has a record, or whose run has ended, is not ended in one', async () => {
        const { runId, plan } = await createRun(store, 4)
        const [taken = '', recorded = '', together = '', late = ''] = plan.steps.map((step) => step.key)
        await claim(store, runId, taken)
        await store.steps.completed(startOf(runId, recorded), 1, [materializationOf(recorded)])
        const [refused, ...others] = await Promise.allSettled([
          store.steps.completed(startOf(runId, taken), 1, [materializationOf(taken)]),
          store.steps.completed(startOf(runId, recorded), 1, [materializationOf(recorded)]),
          store.steps.completed(startOf(runId, together), 1, [materializationOf(together)]),
        ])
        expect(refused).toMatchObject({ status: 'rejected', reason: { code: 'STEP_FENCED' } })
        expect(others).toMatchObject([{ status: 'rejected', reason: { code: 'STEP_FENCED' } }, { status: 'fulfilled' }])
        await store.runs.ended({ runId, status: 'CANCELED', reason: null, skipped: [] })
        await expectFenced(store.steps.completed(startOf(runId, late), 1, [materializationOf(late)]))
        expect((await store.materializations.ofRun(runId)).map((each) => each.assetKey).sort()).toEqual([recorded, together].sort())
        await expectLogWithoutGaps(store, runId)
      })

      test('a success is recorded whole: step, materialization, latest status, log', async () => {
        const { runId, plan } = await createRun(store, 1)
        const key = plan.steps[0]?.key ?? ''
        const materialization: NewMaterialization = {
          assetKey: key,
          partitionKey: null,
          metadata: { rows: { type: 'int', value: 3 }, a_note: { type: 'markdown', value: '**"done"**\n\0' } },
          tags: { env: 'test' },
          codeVersion: 'v1',
          dataVersion: null,
        }
        const held = await claim(store, runId, key)
        expect(await store.materializations.inProgress()).toContainEqual([key, runId])
        await store.steps.succeeded(held, [materialization])
        expect([...(await store.materializations.inProgress()).keys()]).not.toContain(key)
        const [recorded] = await store.materializations.ofRun(runId)
        const metadata = { ...materialization.metadata, a_note: { type: 'markdown', value: '**"done"**\n\ufffd' } }
        expect(recorded).toEqual({
          ...materialization,
          metadata,
          id: expect.any(String),
          runId,
          stepKey: key,
          time: expect.any(Date),
          durationMs: expect.any(Number),
        })
        // As the user wrote them, not as a database sorts them.
        expect(Object.keys(recorded?.metadata ?? {})).toEqual(['rows', 'a_note'])
        expect(await store.materializations.latest([key])).toEqual([
          {
            assetKey: key,
            partitionKey: null,
            status: 'MATERIALIZED',
            lastRunId: runId,
            updatedAt: recorded?.time,
            lastMaterialization: recorded,
            materializationCount: 1,
          },
        ])
        expect((await store.steps.list(runId))[0]).toMatchObject({
          status: 'SUCCESS',
          attempt: 1,
          failures: 0,
          losses: 0,
          worker: 'worker 1',
          endedAt: recorded?.time,
        })
        const { durationMs } = recorded ?? {}
        expect((await store.events.list(runId, { after: 0, limit: 10 })).slice(1)).toEqual([
          {
            runId,
            seq: 2,
            type: 'STEP_START',
            time: expect.any(Date),
            stepKey: key,
            assetKey: key,
            partitionKey: null,
            attempt: 1,
            data: { worker: 'worker 1' },
          },
          {
            runId,
            seq: 3,
            type: 'ASSET_MATERIALIZATION',
            time: recorded?.time,
            stepKey: key,
            assetKey: key,
            partitionKey: null,
            attempt: 1,
            data: { metadata, tags: { env: 'test' }, codeVersion: 'v1', dataVersion: null, durationMs },
          },
        ])
      })

      test('repeating a success is harmless, starting the step again says that it has ended', async () => {
        const { runId, plan } = await createRun(store, 1)
        const key = plan.steps[0]?.key ?? ''
        const held = await claim(store, runId, key)
        await store.steps.succeeded(held, [materializationOf(key)])
        await store.steps.succeeded(held, [materializationOf(key)])
        await store.runs.ended({ runId, status: 'SUCCESS', reason: null, skipped: [] })
        await store.steps.succeeded(held, [materializationOf(key)])
        expect(await store.materializations.ofRun(runId)).toHaveLength(1)
        expect((await store.materializations.latest([key]))[0]?.materializationCount).toBe(1)
        expect(await store.steps.start(startOf(runId, key, 2))).toEqual({ kind: 'ended', status: 'SUCCESS', error: null })
      })

      test('a later attempt fences an earlier one off, and counts it as lost', async () => {
        const { runId, plan } = await createRun(store, 1)
        const key = plan.steps[0]?.key ?? ''
        const earlier = await claim(store, runId, key)
        const later = await store.steps.start(startOf(runId, key, 2))
        expect(later).toEqual({ kind: 'claimed', fence: 2, failures: 0, losses: 1 })
        expect([await store.steps.holds(earlier), await store.steps.holds({ ...earlier, fence: 2 })]).toEqual([false, true])
        await expectFenced(store.steps.succeeded(earlier, [materializationOf(key)]))
        await expectFenced(store.steps.failed(earlier, boom, null))
        await expectFenced(store.steps.requeued(earlier, 'late'))
        await expectFenced(store.steps.canceled(earlier))
        await store.steps.succeeded({ ...earlier, fence: 2 }, [materializationOf(key)])
        await expectFenced(store.steps.succeeded(earlier, [materializationOf(key)]))
        expect(await eventTypes(store, runId)).toEqual([
          'RUN_QUEUED',
          'STEP_START',
          'STEP_WORKER_LOST',
          'STEP_START',
          'ASSET_MATERIALIZATION',
        ])
        expect(await store.materializations.ofRun(runId)).toHaveLength(1)
      })

      test('two attempts that start in the same moment: one holds the step', async () => {
        const { runId, plan } = await createRun(store, 1)
        const key = plan.steps[0]?.key ?? ''
        const other = await openStore({ url: backend.url })
        const claims = await Promise.all([store, store, other, other].map((one, index) => one.steps.start(startOf(runId, key, index + 1))))
        await other.close()
        expect(new Set(claims.map((one) => (one.kind === 'claimed' ? one.fence : 0)))).toEqual(new Set([1, 2, 3, 4]))
        const held = await Promise.all(
          claims.map((one) => store.steps.holds({ runId, stepKey: key, fence: one.kind === 'claimed' ? one.fence : 0 })),
        )
        expect(held.filter(Boolean)).toHaveLength(1)
        expect((await store.steps.list(runId))[0]?.losses).toBe(3)
      })

      test('a fenced step among many written together does not fail the others', async () => {
        const { runId, plan } = await createRun(store, 20)
        const held = await Promise.all(plan.steps.map((step) => claim(store, runId, step.key)))
        await claim(store, runId, held[7]?.stepKey ?? '', 2)
        const results = await Promise.allSettled(held.map((step) => store.steps.succeeded(step, [materializationOf(step.stepKey)])))
        expect(results.flatMap(({ status }, index) => (status === 'rejected' ? [index] : []))).toEqual([7])
        expect(await store.materializations.ofRun(runId)).toHaveLength(19)
      })

      test('a step that the database refuses does not fail the others', async () => {
        const { runId, plan } = await createRun(store, 5)
        const held = await Promise.all(plan.steps.map((step) => claim(store, runId, step.key)))
        const twice = materializationOf(held[2]?.stepKey ?? '')
        const results = await Promise.allSettled(
          held.map((step, index) => store.steps.succeeded(step, index === 2 ? [twice, twice] : [materializationOf(step.stepKey)])),
        )
        expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected', 'fulfilled', 'fulfilled'])
        expect(await statuses(store, runId)).toMatchObject({ [held[2]?.stepKey ?? '']: 'STARTED' })
        await expectLogWithoutGaps(store, runId)
      })

      test('failures of user code are counted, kept and shown; the last one fails the asset', async () => {
        const { runId, plan } = await createRun(store, 1, { partitionKey: '2026-01-02' })
        const key = plan.steps[0]?.key ?? ''
        const first = await claim(store, runId, key)
        await store.steps.failed(first, boom, 500)
        await store.steps.failed(first, boom, 500)
        expect((await store.steps.list(runId))[0]).toMatchObject({ status: 'UP_FOR_RETRY', failures: 1, error: boom, endedAt: null })
        const second = await store.steps.start(startOf(runId, key, 2))
        expect(second).toEqual({ kind: 'claimed', fence: 2, failures: 1, losses: 0 })
        await store.steps.failed({ ...first, fence: 2 }, boom, null)
        await store.steps.failed({ ...first, fence: 2 }, boom, null)
        expect((await store.steps.list(runId))[0]).toMatchObject({ status: 'FAILURE', failures: 2, error: boom, endedAt: expect.any(Date) })
        expect(await store.steps.start(startOf(runId, key, 3))).toEqual({ kind: 'ended', status: 'FAILURE', error: boom })
        const log = (await store.events.list(runId, { after: 1, limit: 10 })).map(({ type, data, attempt }) => ({ type, data, attempt }))
        expect(log).toEqual([
          { type: 'STEP_START', data: { worker: 'worker 1' }, attempt: 1 },
          { type: 'STEP_UP_FOR_RETRY', data: { error: boom, retryInMs: 500 }, attempt: 1 },
          { type: 'STEP_START', data: { worker: 'worker 2' }, attempt: 2 },
          { type: 'STEP_FAILURE', data: { error: boom }, attempt: 2 },
        ])
        expect(await store.materializations.latest([key])).toMatchObject([
          { status: 'FAILED', partitionKey: '2026-01-02', lastRunId: runId, lastMaterialization: null, materializationCount: 0 },
        ])
      })

      test('a step that is given back counts neither as failed nor as lost', async () => {
        const { runId, plan } = await createRun(store, 1)
        const key = plan.steps[0]?.key ?? ''
        const held = await claim(store, runId, key)
        await store.steps.requeued(held, 'the worker shuts down')
        await store.steps.requeued(held, 'the worker shuts down')
        expect(await store.steps.holds(held)).toBe(false)
        expect(await store.steps.start(startOf(runId, key, 2))).toEqual({ kind: 'claimed', fence: 2, failures: 0, losses: 0 })
        const events = await store.events.list(runId, { after: 2, limit: 1 })
        expect(events).toMatchObject([{ type: 'STEP_REQUEUED', data: { reason: 'the worker shuts down' } }])
      })

      test('a canceled step has ended', async () => {
        const { runId, plan } = await createRun(store, 1)
        const held = await claim(store, runId, plan.steps[0]?.key ?? '')
        await store.steps.canceled(held)
        await store.steps.canceled(held)
        expect(await store.steps.start(startOf(runId, held.stepKey, 2))).toEqual({ kind: 'ended', status: 'CANCELED', error: null })
        expect(await eventTypes(store, runId)).toEqual(['RUN_QUEUED', 'STEP_START', 'STEP_CANCELED'])
      })

      test('log lines stand in the log, and can be left out of it', async () => {
        const { runId, plan } = await createRun(store, 1)
        const held = await claim(store, runId, plan.steps[0]?.key ?? '')
        const lines = [line('one'), { ...line('two\0'), fields: { rows: 2 } }]
        await store.steps.log({ runId, stepKey: held.stepKey, attempt: 1 }, lines)
        await store.steps.log({ runId, stepKey: held.stepKey, attempt: 1 }, [])
        await store.steps.succeeded(held, [materializationOf(held.stepKey)])
        const log = await store.events.list(runId, { after: 2, limit: 10 })
        expect(log).toMatchObject([
          {
            seq: 3,
            type: 'LOG',
            stepKey: held.stepKey,
            assetKey: null,
            attempt: 1,
            data: { lines: [line('one'), { ...line('two\ufffd'), fields: { rows: 2 } }] },
          },
          { seq: 4, type: 'ASSET_MATERIALIZATION' },
        ])
        expect((await store.events.list(runId, { after: 0, limit: 10, logs: false })).map(({ seq }) => seq)).toEqual([1, 2, 4])
        expect((await store.events.list(runId, { after: 1, limit: 2 })).map(({ seq }) => seq)).toEqual([2, 3])
      })
    })

    describe('assets', () => {
      test('materializations of an asset go from the newest down, page by page; the newest is its latest', async () => {
        const assetKey = `asset-${randomUUID()}`
        const days = ['2026-01-01', '2026-01-02', '2026-01-03']
        const runIds: string[] = []
        for (let index = 0; index < 2; index += 1) {
          const { runId } = await createRun(store, 0, { plan: { version: 1, steps: [{ key: assetKey, asset: assetKey, after: [] }] } })
          runIds.push(runId)
          const all = days.map((day) => ({ ...materializationOf(assetKey), partitionKey: day }))
          await store.steps.succeeded(await claim(store, runId, assetKey), all)
        }
        const first = await store.materializations.list(assetKey, { limit: 4 })
        const second = await store.materializations.list(assetKey, { limit: 4, cursor: first.cursor ?? '' })
        const all = [...first.items, ...second.items].map(({ runId, partitionKey }) => [runId, partitionKey])
        expect(all).toEqual([...runIds].reverse().flatMap((runId) => [...days].reverse().map((day) => [runId, day])))
        expect(second.cursor).toBeNull()
        const latest = await store.materializations.latest([assetKey])
        expect(latest.map(({ partitionKey, lastRunId, materializationCount }) => [partitionKey, lastRunId, materializationCount])).toEqual(
          days.map((day) => [day, runIds[1], 2]),
        )
        expect(latest.map(({ lastMaterialization }) => lastMaterialization)).toEqual([...first.items].slice(0, 3).reverse())
        await expectLogWithoutGaps(store, runIds[0] ?? '')
      })

      test('a failure after a success keeps the last materialization; a success after it shows itself', async () => {
        const assetKey = `asset-${randomUUID()}`
        const plan = { version: 1, steps: [{ key: assetKey, asset: assetKey, after: [] }] } as const
        const [good, bad, better] = [
          await createRun(store, 0, { plan }),
          await createRun(store, 0, { plan }),
          await createRun(store, 0, { plan }),
        ]
        await store.steps.succeeded(await claim(store, good.runId, assetKey), [materializationOf(assetKey)])
        await store.steps.failed(await claim(store, bad.runId, assetKey), boom, null)
        expect(await store.materializations.latest([assetKey])).toMatchObject([
          { status: 'FAILED', lastRunId: bad.runId, lastMaterialization: { runId: good.runId }, materializationCount: 1 },
        ])
        await store.steps.succeeded(await claim(store, better.runId, assetKey), [materializationOf(assetKey)])
        expect(await store.materializations.latest([assetKey])).toMatchObject([
          { status: 'MATERIALIZED', lastRunId: better.runId, lastMaterialization: { runId: better.runId }, materializationCount: 2 },
        ])
      })

      test('latest gives all assets, or those that are asked for', async () => {
        const { runId, plan } = await createRun(store, 3)
        for (const { key } of plan.steps) await store.steps.succeeded(await claim(store, runId, key), [materializationOf(key)])
        const keys = plan.steps.map((step) => step.asset)
        expect((await store.materializations.latest(keys.slice(0, 2))).map(({ assetKey }) => assetKey).sort()).toEqual(
          keys.slice(0, 2).sort(),
        )
        expect((await store.materializations.latest()).map(({ assetKey }) => assetKey)).toEqual(expect.arrayContaining(keys))
        expect(await store.materializations.latest([])).toEqual([])
      })
    })

    describe('code locations', () => {
      test('a location’s snapshot is kept once by what it says, and the last one registered is current', async () => {
        const location = `location-${randomUUID()}`
        const snapshot = {
          version: 1,
          assets: [],
          jobs: [],
          resources: [{ name: location, description: null, environment: ['A'] }],
        } as const
        const other = { resources: [{ environment: ['A'], name: location, description: null }], jobs: [], assets: [], version: 1 } as const
        const hash = await store.codeLocations.register(location, snapshot)
        expect(await store.codeLocations.register(location, other)).toBe(hash)
        expect(await store.codeLocations.current()).toContainEqual({ name: location, snapshotHash: hash })
        const empty = await store.codeLocations.register(location, { ...snapshot, resources: [] })
        expect(empty).not.toBe(hash)
        const [current] = (await store.codeLocations.list()).filter(({ name }) => name === location)
        expect(current).toEqual({
          name: location,
          snapshotHash: empty,
          snapshot: { ...snapshot, resources: [] },
          registeredAt: expect.any(Date),
        })
      })
    })

    describe('many at once', () => {
      test('the log of a run has no gaps, and a reader who follows it misses nothing, while two processes write', async () => {
        const { runId, plan } = await createRun(store, 200)
        const other = await openStore({ url: backend.url })
        let writing = true
        const writers = Promise.all(plan.steps.map((step, index) => workOn(index % 2 === 0 ? store : other, runId, step))).finally(
          () => (writing = false),
        )
        const seen: number[] = []
        for (let last = false; !last;) {
          last = !writing
          for (const { seq } of await store.events.list(runId, { after: seen.at(-1) ?? 0, limit: 1000 })) seen.push(seq)
        }
        await writers
        await other.close()
        // RUN_QUEUED, and for each step: start, log, materialization.
        expect(seen).toEqual(Array.from({ length: 1 + 3 * 200 }, (_, index) => index + 1))
      })

      test('runs that record the same assets in different order don’t hold each other up for good', async () => {
        const keys = Array.from({ length: 40 }, (_, index) => `shared-${index}`)
        const plan = { version: 1, steps: keys.map((key) => ({ key, asset: key, after: [] })) } as const
        const made = await Promise.all(Array.from({ length: 4 }, () => createRun(store, 0, { plan })))
        await Promise.all(
          made.map(async ({ runId }, index) => {
            const order = index % 2 === 0 ? keys : [...keys].reverse()
            const held = await Promise.all(order.map((key) => claim(store, runId, key)))
            await Promise.all(held.map((step) => store.steps.succeeded(step, [materializationOf(step.stepKey)])))
          }),
        )
        const latest = await store.materializations.latest(keys)
        expect(latest.map(({ materializationCount }) => materializationCount)).toEqual(keys.map(() => 4))
        for (const { lastRunId, lastMaterialization } of latest) expect(lastMaterialization?.runId).toBe(lastRunId)
      })

      test('statements with large parameters don’t get mixed up with others', async () => {
        const text = 'x'.repeat(300_000)
        const { runId, plan } = await createRun(store, 20)
        const others = Promise.all(Array.from({ length: 200 }, () => store.runs.get(runId)))
        const held = await Promise.all(plan.steps.map((step) => claim(store, runId, step.key)))
        await Promise.all(
          held.map((step) =>
            store.steps.succeeded(step, [{ ...materializationOf(step.stepKey), metadata: { text: { type: 'text', value: text } } }]),
          ),
        )
        expect(new Set((await others).map((run) => run?.runId))).toEqual(new Set([runId]))
        expect((await store.materializations.ofRun(runId)).map(({ metadata }) => metadata['text']?.value)).toEqual(
          plan.steps.map(() => text),
        )
      })
    })

    describe('opening', () => {
      test('any number of processes may bring an empty database up to date at once', async () => {
        const url = await backend.emptyDatabase()
        const open = (): Promise<MetadataStore> => openStore({ url, connections: 2 })
        const stores = await Promise.all([open(), open(), open(), open()])
        await createRun(stores[0], 1)
        for (const one of stores) expect((await one.runs.list({}, { limit: 9 })).items).toHaveLength(1)
        await Promise.all(stores.map((one) => one.close()))
      })

      test('a database that a newer version has used is refused', async () => {
        const url = await backend.emptyDatabase()
        await (await openStore({ url })).close()
        await query(url, `insert into assetry.migrations (name) values ('9999_from_the_future.sql')`)
        await expect(openStore({ url })).rejects.toMatchObject({
          code: 'STORE_TOO_NEW',
          message: expect.stringContaining('9999_from_the_future.sql'),
        })
      })

      test('the tables are those that the query builder knows', async () => {
        const tables = [runs, planChunks, steps, events, logChunks, materializations, assetStatuses, snapshots, codeLocations]
        for (const table of tables) {
          const { name, columns } = getTableConfig(table)
          const known = columns.map((column) => [column.name, column.notNull, column.getSQLType().replace(/ \(3\)/, '(3)')])
          const made = await query(
            backend.url,
            `select attname, attnotnull, format_type(atttypid, atttypmod) as type from pg_attribute
             where attrelid = 'assetry.${name}'::regclass and attnum > 0 and not attisdropped order by attnum`,
          )
          const found = made.map(({ attname, attnotnull, type }) => [attname, attnotnull, String(type).replace('(3) with', '(3) with')])
          expect(found, name).toEqual(known)
        }
      })
    })

    describe('a write whose answer is lost, and which is therefore repeated,', () => {
      let proxy: AnswerLosingProxy
      let behind: MetadataStore

      beforeAll(async () => {
        proxy = await startAnswerLosingProxy(backend.url)
        behind = await openStore({ url: proxy.url, connections: 1 })
      })

      afterAll(async () => {
        await behind.close()
        await proxy.close()
      })

      /** Carries a write out with its first answer lost. */
      async function repeated<TResult>(write: () => Promise<TResult>): Promise<TResult> {
        await behind.ping()
        const before = proxy.lost
        proxy.loseNextAnswer()
        const result = await write()
        expect(proxy.lost - before).toBe(1)
        return result
      }

      test('creates one run, and says that it did', async () => {
        const run = newRun(1, { idempotencyKey: randomUUID() })
        expect(await repeated(() => behind.runs.create(run))).toMatchObject({ created: true, run: { runId: run.runId } })
        expect(await eventTypes(store, run.runId)).toEqual(['RUN_QUEUED'])
      })

      test('moves and ends a run once', async () => {
        const { runId, plan } = await createRun(store, 2)
        const [held, skipped] = [await claim(store, runId, plan.steps[0]?.key ?? ''), plan.steps[1]?.key ?? '']
        await repeated(() => behind.runs.started(runId))
        expect(await repeated(() => behind.runs.canceling(runId))).toBe('CANCELING')
        await repeated(() =>
          behind.runs.ended({ runId, status: 'CANCELED', reason: null, skipped: [{ stepKey: skipped, because: held.stepKey }] }),
        )
        expect((await eventTypes(store, runId)).slice(2)).toEqual([
          'RUN_STARTED',
          'RUN_CANCELING',
          'STEP_SKIPPED',
          'STEP_CANCELED',
          'RUN_CANCELED',
        ])
      })

      test('ends a step in one, once', async () => {
        const { runId, plan } = await createRun(store, 1)
        const key = plan.steps[0]?.key ?? ''
        await repeated(() => behind.steps.completed(startOf(runId, key), 1, [materializationOf(key)]))
        expect(await eventTypes(store, runId)).toEqual(['RUN_QUEUED', 'STEP_START', 'ASSET_MATERIALIZATION'])
        expect(await store.materializations.ofRun(runId)).toHaveLength(1)
      })

      test('starts a step once: no loss is counted', async () => {
        const { runId, plan } = await createRun(store, 1)
        const start = startOf(runId, plan.steps[0]?.key ?? '')
        expect(await repeated(() => behind.steps.start(start))).toEqual({ kind: 'claimed', fence: 1, failures: 0, losses: 0 })
        expect(await eventTypes(store, runId)).toEqual(['RUN_QUEUED', 'STEP_START'])
        const again = { ...start, attempt: 2 }
        expect(await repeated(() => behind.steps.start(again))).toEqual({ kind: 'claimed', fence: 2, failures: 0, losses: 1 })
        expect((await eventTypes(store, runId)).slice(2)).toEqual(['STEP_WORKER_LOST', 'STEP_START'])
      })

      test('ends a step once, however it ends', async () => {
        const { runId, plan } = await createRun(store, 5)
        const [won, retried, failed, given, canceled] = (await Promise.all(plan.steps.map((step) => claim(store, runId, step.key)))) as [
          HeldStep,
          HeldStep,
          HeldStep,
          HeldStep,
          HeldStep,
        ]
        await repeated(() => behind.steps.succeeded(won, [materializationOf(won.stepKey)]))
        await repeated(() => behind.steps.failed(retried, boom, 100))
        await repeated(() => behind.steps.failed(failed, boom, null))
        await repeated(() => behind.steps.requeued(given, 'shutdown'))
        await repeated(() => behind.steps.canceled(canceled))
        expect((await eventTypes(store, runId)).slice(6)).toEqual([
          'ASSET_MATERIALIZATION',
          'STEP_UP_FOR_RETRY',
          'STEP_FAILURE',
          'STEP_REQUEUED',
          'STEP_CANCELED',
        ])
        const counts = Object.fromEntries(
          (await store.steps.list(runId)).map(({ stepKey, failures, losses }) => [stepKey, [failures, losses]]),
        )
        expect(counts).toEqual({
          [won.stepKey]: [0, 0],
          [retried.stepKey]: [1, 0],
          [failed.stepKey]: [1, 0],
          [given.stepKey]: [0, 0],
          [canceled.stepKey]: [0, 0],
        })
        expect(await store.materializations.latest([won.stepKey])).toMatchObject([{ materializationCount: 1 }])
      })

      test('appends log lines once', async () => {
        const { runId } = await createRun(store, 1)
        await repeated(() => behind.steps.log({ runId, stepKey: 'a', attempt: 1 }, [line('once')]))
        await store.steps.log({ runId, stepKey: 'a', attempt: 1 }, [line('once')])
        expect(await eventTypes(store, runId)).toEqual(['RUN_QUEUED', 'LOG', 'LOG'])
      })

      test('registers a code location once', async () => {
        const location = `location-${randomUUID()}`
        const hash = await repeated(() => behind.codeLocations.register(location, { version: 1, assets: [], jobs: [], resources: [] }))
        expect((await store.codeLocations.current()).filter(({ name }) => name === location)).toEqual([
          { name: location, snapshotHash: hash },
        ])
      })
    })

    describe('outages', () => {
      test('what was recorded survives a crash in the middle of writing, and writers outlast it', async () => {
        const { runId, plan } = await createRun(store, 300)
        const acknowledged: string[] = []
        const started = Date.now()
        const writers = plan.steps.map(async (step, index) => {
          // A few at a time, so that the crash finds some of them under way.
          await new Promise((resolve) => setTimeout(resolve, index * 4))
          await workOn(store, runId, step)
          acknowledged.push(step.key)
        })
        while (acknowledged.length < 60 && Date.now() - started < 60_000) await new Promise((resolve) => setTimeout(resolve, 1))
        await backend.crash()
        const before = [...acknowledged]
        await backend.start()
        const recorded = new Set((await store.materializations.ofRun(runId)).map(({ stepKey }) => stepKey))
        expect(before.filter((key) => !recorded.has(key))).toEqual([])
        await Promise.all(writers)
        expect(await store.materializations.ofRun(runId)).toHaveLength(300)
        const records = await store.steps.list(runId)
        expect(records.map(({ status, losses }) => `${status} ${losses}`)).toEqual(plan.steps.map(() => 'SUCCESS 0'))
        expect((await store.events.list(runId, { after: 0, limit: 2000 })).map(({ seq }) => seq)).toEqual(
          Array.from({ length: 901 }, (_, index) => index + 1),
        )
      })

      test('what stays away is said with its address, and never with a password', async () => {
        const { runId } = await createRun(store, 1)
        const impatient = await openStore({ url: withPassword(backend.url), patienceMs: 200 })
        await backend.crash()
        const error: unknown = await impatient.runs.get(runId).catch((reason: unknown) => reason)
        const opening: unknown = await openStore({ url: withPassword(backend.url), patienceMs: 200 }).catch((reason: unknown) => reason)
        await backend.start()
        for (const one of [error, opening]) {
          expect(one).toMatchObject({ code: 'STORE_UNREACHABLE' })
          expect(String(one)).not.toContain('secret')
          expect(String(one)).toMatch(/127\.0\.0\.1:\d+\/store_1|assetry-[0-9a-f]+ \(database assetry\)/)
        }
        await impatient.ping()
        await impatient.close()
      })
    })
  })
}

const boom: RecordedError = { name: 'Error', message: 'boom', stack: 'Error: boom\n  at x', code: null, metadata: null, cause: null }

const line = (message: string) => ({ time: '2026-01-01T00:00:00.000Z', level: 'info', source: 'log', message, fields: null }) as const

/** A run of `count` steps, one after another; keys are of this run alone. */
function newRun(count: number, facts: Partial<NewRun> = {}): NewRun {
  const runId = randomUUID()
  const steps = Array.from({ length: count }, (_, index): PlanStep => {
    const key = `asset-${runId}/${String(index).padStart(5, '0')}`
    return { key, asset: key, after: index === 0 ? [] : [index - 1] }
  })
  return {
    runId,
    codeLocation: 'tests',
    snapshotHash: 'none',
    jobName: null,
    selection: '*',
    plan: { version: 1, steps },
    runConfig: {},
    tags: {},
    partitionKey: null,
    idempotencyKey: null,
    requestHash: null,
    ...facts,
  }
}

async function createRun(store: MetadataStore, count: number, facts: Partial<NewRun> = {}): Promise<NewRun> {
  const run = newRun(count, facts)
  await store.runs.create(run)
  return run
}

const startOf = (runId: string, stepKey: string, attempt = 1) => ({
  runId,
  stepKey,
  assetKey: stepKey,
  attempt,
  worker: `worker ${attempt}`,
})

async function claim(store: MetadataStore, runId: string, stepKey: string, attempt = 1): Promise<HeldStep> {
  const answer: StepClaim = await store.steps.start(startOf(runId, stepKey, attempt))
  if (answer.kind !== 'claimed') throw new Error(`The step has ended: ${answer.status}`)
  return { runId, stepKey, fence: answer.fence }
}

async function workOn(store: MetadataStore, runId: string, step: PlanStep): Promise<void> {
  const held = await claim(store, runId, step.key)
  await store.steps.log({ runId, stepKey: step.key, attempt: 1 }, [line('at work')])
  await store.steps.succeeded(held, [materializationOf(step.asset)])
}

function materializationOf(assetKey: string): NewMaterialization {
  return { assetKey, partitionKey: null, metadata: { rows: { type: 'int', value: 1 } }, tags: {}, codeVersion: null, dataVersion: 'd' }
}

async function eventTypes(store: MetadataStore, runId: string): Promise<readonly string[]> {
  return (await store.events.list(runId, { after: 0, limit: 1000 })).map(({ type }) => type)
}

async function statuses(store: MetadataStore, runId: string): Promise<Readonly<Record<string, string>>> {
  return Object.fromEntries((await store.steps.list(runId)).map(({ stepKey, status }) => [stepKey, status]))
}

async function expectFenced(write: Promise<unknown>): Promise<void> {
  await expect(write).rejects.toMatchObject({ code: 'STEP_FENCED' })
}

async function expectLogWithoutGaps(store: MetadataStore, runId: string): Promise<void> {
  const log = await store.events.list(runId, { after: 0, limit: 1000 })
  expect(log.map(({ seq }) => seq)).toEqual(log.map((_, index) => index + 1))
}

async function query(url: string, text: string): Promise<readonly Readonly<Record<string, unknown>>[]> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return (await client.query<Record<string, unknown>>(text)).rows
  } finally {
    await client.end()
  }
}

/** Rows in all tables that a step writes to. */
async function rowCount(url: string): Promise<number> {
  const tables = ['events', 'steps', 'materializations', 'asset_statuses', 'log_chunks', 'runs', 'plan_chunks']
  const [row] = await query(url, `select ${tables.map((table) => `(select count(*) from assetry.${table})`).join(' + ')} as count`)
  return Number(row?.['count'])
}

/** Servers of tests let everyone in: a password changes nothing. */
function withPassword(url: string): string {
  return url.includes('@') ? url.replace('@', ':secret@') : `${url}&password=secret`
}
