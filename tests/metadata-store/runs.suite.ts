import { randomUUID } from 'node:crypto'
import { beforeAll, describe, expect, test } from 'vitest'
import type { MetadataStore } from '../../metadata/metadata-store.ts'
import { boom, claim, createRun, eventTypes, expectFenced, line, making, newRun, startOf, statuses } from './records.ts'
import type { StoreUnderTest } from './store-under-test.ts'

/** What every metadata store must do with runs. */
export function runsSuite(under: StoreUnderTest): void {
  describe('runs', () => {
    let store: MetadataStore

    beforeAll(() => {
      ;({ store } = under)
    })

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
        store.steps.succeeded(step, {}),
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
      const end = { runId, status: 'FAILURE', reason: null, skipped: [{ stepKey: d, because: a, why: 'failed' }] } as const
      await store.runs.ended(end)
      await store.runs.ended(end)
      expect(await statuses(store, runId)).toEqual({ [a]: 'FAILURE', [b]: 'CANCELED', [c]: 'CANCELED', [d]: 'SKIPPED' })
      expect((await store.steps.list(runId)).find((step) => step.stepKey === d)).toMatchObject({
        assetKey: plan.steps[3]?.asset,
        because: a,
        startedAt: null,
      })
      expect((await eventTypes(store, runId)).slice(-4)).toEqual(['STEP_SKIPPED', 'STEP_CANCELED', 'STEP_CANCELED', 'RUN_FAILURE'])
      await expectFenced(store.steps.succeeded(straggler, making(b)))
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
        outputs: null,
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
}
