import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { MetadataStore } from '../../metadata/metadata-store.ts'
import type { HeldStep } from '../../metadata/stores/step-store.ts'
import { openStore } from '../../metadata/open-store.ts'
import { type AnswerLosingProxy, startAnswerLosingProxy } from '../answer-losing-proxy.ts'
import { boom, claim, claimOf, createRun, evaluationOf, eventTypes, line, making, materializationOf, newRun, startOf } from './records.ts'
import type { StoreBackend, StoreUnderTest } from './store-under-test.ts'
import { asking, beginTick, someSensor } from './ticks.suite.ts'

/** What must hold where a write is repeated because its answer was lost. */
export function lostAnswersSuite(under: StoreUnderTest): void {
  describe('a write whose answer is lost, and which is therefore repeated,', () => {
    let store: MetadataStore
    let backend: StoreBackend

    beforeAll(() => {
      ;({ store, backend } = under)
    })

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
        behind.runs.ended({
          runId,
          status: 'CANCELED',
          reason: null,
          skipped: [{ stepKey: skipped, because: held.stepKey, why: 'failed' }],
        }),
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
      await repeated(() => behind.steps.completed(startOf(runId, key), 1, making(key)))
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
      await repeated(() => behind.steps.succeeded(won, making(won.stepKey)))
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

    test('ends an op’s step, and one whose check failed, once', async () => {
      const { runId } = await createRun(store, 0)
      const op = await claimOf(store, { ...startOf(runId, 'op'), kind: 'op', assetKey: null })
      const failed = await claim(store, runId, 'failed')
      const failing = { checks: [evaluationOf('failed', 'fresh', { passed: false, blocking: true })], failure: boom }
      await repeated(() => behind.steps.succeeded(op, { outputs: { missing: ['a'] } }))
      await repeated(() => behind.steps.succeeded(failed, failing))
      await repeated(() => behind.steps.completed({ ...startOf(runId, 'quick'), assetKey: 'failed' }, 1, failing))
      expect((await eventTypes(store, runId)).slice(3)).toEqual([
        'STEP_SUCCESS',
        'ASSET_CHECK_EVALUATION',
        'STEP_FAILURE',
        'STEP_START',
        'ASSET_CHECK_EVALUATION',
        'STEP_FAILURE',
      ])
      const failures = Object.fromEntries((await store.steps.list(runId)).map((step) => [step.stepKey, step.failures]))
      expect(failures).toEqual({ op: 0, failed: 1, quick: 1 })
    })

    test('records a report once, and says that it did', async () => {
      const assetKey = `asset-${randomUUID()}`
      const report = { kind: 'materialization', ...materializationOf(assetKey) } as const
      expect(await repeated(() => behind.reports.record(report, null))).toMatchObject({ created: true })
      expect(await repeated(() => behind.reports.record(report, randomUUID()))).toMatchObject({ created: true })
      expect(await store.materializations.latest([assetKey])).toMatchObject([{ materializationCount: 2 }])
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

    test('begins, commits, fails and settles a tick once, and keeps its events once', async () => {
      const sensor = someSensor()
      const events = [{ key: 'a', event: 1 }]
      await repeated(() => behind.sensorEvents.receive(sensor, events))
      const waiting = await store.sensorEvents.waiting(sensor, 9)
      expect(waiting.map(({ key }) => key)).toEqual(['a'])
      const { tickId, fence } = await repeated(() => beginTick(behind, sensor))
      expect(fence).toBe(1)
      const name = `name-${randomUUID()}`
      const outcome = asking(['a', 'a', 'b'], {
        cursor: '1',
        events: waiting.map(({ number }) => number),
        partitions: [{ name, add: ['x'], remove: [] }],
      })
      expect(await repeated(() => behind.ticks.commit(tickId, fence, outcome))).toBe(true)
      expect(await store.ticks.get(tickId)).toMatchObject({ status: 'SUCCESS', requests: 3, duplicates: 1, events: 1 })
      await repeated(() => behind.ticks.settle({ tickId, position: 0 }, { runId: 'r' }))
      await repeated(() => behind.ticks.settle({ tickId, position: 2 }, { error: boom }))
      expect((await store.ticks.requestsOf(tickId)).map(({ status }) => status)).toEqual(['LAUNCHED', 'DUPLICATE', 'FAILED'])
      const failing = await beginTick(store, sensor)
      expect(await repeated(() => behind.ticks.fail(failing, { error: boom, logs: [], stopAfter: 2, stopReason: '' }))).toBe(1)
      expect(await store.instigators.get(sensor)).toMatchObject({ failures: 1, status: null, cursor: '1' })
    })

    test('gives an instigator its cursor, status and new name once', async () => {
      const [sensor, renamed] = [someSensor(), someSensor()]
      await repeated(() => behind.instigators.setCursor(sensor, '1'))
      await repeated(() => behind.instigators.setStatus(sensor, 'STOPPED', 'why'))
      await repeated(() => behind.instigators.rename(sensor, renamed.name))
      expect(await store.instigators.get(renamed)).toMatchObject({ cursor: '1', status: 'STOPPED', reason: 'why' })
    })

    test('records a change of freshness once', async () => {
      const finding = { assetKey: `asset-${randomUUID()}`, state: 'PASS', since: null, policyHash: 'p', reason: '' } as const
      await repeated(() => behind.freshness.record(new Date(), [finding]))
      expect((await store.freshness.events(finding.assetKey, { limit: 5 })).items).toHaveLength(1)
    })

    test('adds keys of dynamic partitions once, and says that it did', async () => {
      const name = `name-${randomUUID()}`
      expect(await repeated(() => behind.dynamicPartitions.add(name, ['b', 'a']))).toEqual(['b', 'a'])
      await repeated(() => behind.dynamicPartitions.remove(name, ['b']))
      expect(await store.dynamicPartitions.keysOf([name])).toEqual(new Map([[name, ['a']]]))
    })
  })
}
