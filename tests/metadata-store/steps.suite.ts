import { beforeAll, describe, expect, test } from 'vitest'
import type { MetadataStore } from '../../metadata/metadata-store.ts'
import type { NewMaterialization } from '../../metadata/stores/materialization-store.ts'
import { openStore } from '../../metadata/open-store.ts'
import {
  boom,
  claim,
  createRun,
  eventTypes,
  expectFenced,
  expectLogWithoutGaps,
  line,
  making,
  materializationOf,
  rowCount,
  startOf,
  statuses,
} from './records.ts'
import type { StoreBackend, StoreUnderTest } from './store-under-test.ts'

/** What every metadata store must do with steps and their log. */
export function stepsSuite(under: StoreUnderTest): void {
  describe('steps', () => {
    let store: MetadataStore
    let backend: StoreBackend

    beforeAll(() => {
      ;({ store, backend } = under)
    })

    test('a step that succeeds writes four rows: its start, itself, its materialization, the asset’s status', async () => {
      const { runId, plan } = await createRun(store, 1)
      const before = await rowCount(backend.url)
      await store.steps.succeeded(await claim(store, runId, plan.steps[0]?.key ?? ''), making(plan.steps[0]?.key ?? ''))
      expect((await rowCount(backend.url)) - before).toBe(4)
    })

    test('a step that is claimed and ended in one leaves what the two leave: four rows, the same log, its status', async () => {
      const { runId, plan } = await createRun(store, 1)
      const key = plan.steps[0]?.key ?? ''
      const before = await rowCount(backend.url)
      await store.steps.completed(startOf(runId, key), 3, making(key))
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
      await store.steps.completed(startOf(runId, recorded), 1, making(recorded))
      const [refused, ...others] = await Promise.allSettled([
        store.steps.completed(startOf(runId, taken), 1, making(taken)),
        store.steps.completed(startOf(runId, recorded), 1, making(recorded)),
        store.steps.completed(startOf(runId, together), 1, making(together)),
      ])
      expect(refused).toMatchObject({ status: 'rejected', reason: { code: 'STEP_FENCED' } })
      expect(others).toMatchObject([{ status: 'rejected', reason: { code: 'STEP_FENCED' } }, { status: 'fulfilled' }])
      await store.runs.ended({ runId, status: 'CANCELED', reason: null, skipped: [] })
      await expectFenced(store.steps.completed(startOf(runId, late), 1, making(late)))
      expect((await store.materializations.ofRun(runId)).map((each) => each.assetKey).sort()).toEqual([recorded, together].sort())
      await expectLogWithoutGaps(store, runId)
    })

    test('a first attempt that claims after a later one takes nothing over', async () => {
      const { runId, plan } = await createRun(store, 2)
      const [key = '', own = ''] = plan.steps.map((step) => step.key)
      const later = await claim(store, runId, key, 2)
      expect(await store.steps.start({ ...startOf(runId, key), first: true })).toEqual({ kind: 'taken' })
      expect(await store.steps.holds(later)).toBe(true)
      await store.steps.succeeded(later, making(key))
      expect(await store.steps.start({ ...startOf(runId, key), first: true })).toMatchObject({ kind: 'ended', status: 'SUCCESS' })
      expect((await store.steps.list(runId))[0]).toMatchObject({ attempt: 2, losses: 0 })
      expect(await store.steps.start({ ...startOf(runId, own), first: true })).toEqual({
        kind: 'claimed',
        fence: 1,
        failures: 0,
        losses: 0,
      })
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
        dataVersion: 'd1',
        inputVersions: { upstream: 'v7', other: null },
      }
      const held = await claim(store, runId, key)
      expect(await store.materializations.inProgress()).toContainEqual([key, runId])
      await store.steps.succeeded(held, { materializations: [materialization] })
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
          lastObservation: null,
          dataVersion: 'd1',
          dataVersionAt: recorded?.time,
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
      const { durationMs, inputVersions } = recorded ?? {}
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
          data: { metadata, tags: { env: 'test' }, codeVersion: 'v1', dataVersion: 'd1', inputVersions, durationMs },
        },
      ])
    })

    test('repeating a success is harmless, starting the step again says that it has ended', async () => {
      const { runId, plan } = await createRun(store, 1)
      const key = plan.steps[0]?.key ?? ''
      const held = await claim(store, runId, key)
      await store.steps.succeeded(held, making(key))
      await store.steps.succeeded(held, making(key))
      await store.runs.ended({ runId, status: 'SUCCESS', reason: null, skipped: [] })
      await store.steps.succeeded(held, making(key))
      expect(await store.materializations.ofRun(runId)).toHaveLength(1)
      expect((await store.materializations.latest([key]))[0]?.materializationCount).toBe(1)
      expect(await store.steps.start(startOf(runId, key, 2))).toEqual({ kind: 'ended', status: 'SUCCESS', error: null, outputs: null })
    })

    test('a later attempt fences an earlier one off, and counts it as lost', async () => {
      const { runId, plan } = await createRun(store, 1)
      const key = plan.steps[0]?.key ?? ''
      const earlier = await claim(store, runId, key)
      const later = await store.steps.start(startOf(runId, key, 2))
      expect(later).toEqual({ kind: 'claimed', fence: 2, failures: 0, losses: 1 })
      expect([await store.steps.holds(earlier), await store.steps.holds({ ...earlier, fence: 2 })]).toEqual([false, true])
      await expectFenced(store.steps.succeeded(earlier, making(key)))
      await expectFenced(store.steps.failed(earlier, boom, null))
      await expectFenced(store.steps.requeued(earlier, 'late'))
      await expectFenced(store.steps.canceled(earlier))
      await store.steps.succeeded({ ...earlier, fence: 2 }, making(key))
      await expectFenced(store.steps.succeeded(earlier, making(key)))
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
      const results = await Promise.allSettled(held.map((step) => store.steps.succeeded(step, making(step.stepKey))))
      expect(results.flatMap(({ status }, index) => (status === 'rejected' ? [index] : []))).toEqual([7])
      expect(await store.materializations.ofRun(runId)).toHaveLength(19)
    })

    test('a step that the database refuses does not fail the others', async () => {
      const { runId, plan } = await createRun(store, 5)
      const held = await Promise.all(plan.steps.map((step) => claim(store, runId, step.key)))
      const twice = materializationOf(held[2]?.stepKey ?? '')
      const results = await Promise.allSettled(
        held.map((step, index) => store.steps.succeeded(step, index === 2 ? { materializations: [twice, twice] } : making(step.stepKey))),
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
      expect(await store.steps.start(startOf(runId, key, 3))).toEqual({ kind: 'ended', status: 'FAILURE', error: boom, outputs: null })
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
      expect(await store.steps.start(startOf(runId, held.stepKey, 2))).toEqual({
        kind: 'ended',
        status: 'CANCELED',
        error: null,
        outputs: null,
      })
      expect(await eventTypes(store, runId)).toEqual(['RUN_QUEUED', 'STEP_START', 'STEP_CANCELED'])
    })

    test('log lines stand in the log, and can be left out of it', async () => {
      const { runId, plan } = await createRun(store, 1)
      const held = await claim(store, runId, plan.steps[0]?.key ?? '')
      const lines = [line('one'), { ...line('two\0'), fields: { rows: 2 } }]
      await store.steps.log({ runId, stepKey: held.stepKey, attempt: 1 }, lines)
      await store.steps.log({ runId, stepKey: held.stepKey, attempt: 1 }, [])
      await store.steps.succeeded(held, making(held.stepKey))
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
}
