import { randomUUID } from 'node:crypto'
import { beforeAll, describe, expect, test } from 'vitest'
import type { MetadataStore } from '../../metadata/metadata-store.ts'
import type { StepStart } from '../../metadata/stores/step-store.ts'
import {
  boom,
  claim,
  claimOf,
  createRun,
  evaluationOf,
  eventTypes,
  expectFenced,
  expectLogWithoutGaps,
  making,
  materializationOf,
  observationOf,
  rowCount,
  startOf,
  statuses,
} from './records.ts'
import type { StoreBackend, StoreUnderTest } from './store-under-test.ts'

/** What every metadata store must do with ops, multi-assets, and steps that record more than materializations. */
export function stepKindsSuite(under: StoreUnderTest): void {
  describe('steps of other kinds', () => {
    let store: MetadataStore
    let backend: StoreBackend

    beforeAll(() => {
      ;({ store, backend } = under)
    })

    const opStart = (runId: string, stepKey = 'clean'): StepStart => ({ ...startOf(runId, stepKey), kind: 'op', assetKey: null })

    test('an op’s step writes three rows, and its end is an entry of its own', async () => {
      const { runId } = await createRun(store, 0)
      const before = await rowCount(backend.url)
      await store.steps.succeeded(await claimOf(store, opStart(runId)), { outputs: { missing: ['rest'], mapped: { rows: ['b', 'a'] } } })
      expect((await rowCount(backend.url)) - before).toBe(3)
      const log = await store.events.list(runId, { after: 1, limit: 10 })
      expect(log).toMatchObject([
        { type: 'STEP_START', stepKey: 'clean', assetKey: null },
        { type: 'STEP_SUCCESS', stepKey: 'clean', assetKey: null, attempt: 1, data: { durationMs: expect.any(Number) } },
      ])
      expect(await store.steps.list(runId)).toMatchObject([{ stepKey: 'clean', assetKey: null, status: 'SUCCESS' }])
      await expectLogWithoutGaps(store, runId)
    })

    test('an op that was over before it was claimed leaves the same', async () => {
      const { runId } = await createRun(store, 0)
      const before = await rowCount(backend.url)
      await store.steps.completed(opStart(runId), 2, { outputs: { mapped: { rows: [] } } })
      expect((await rowCount(backend.url)) - before).toBe(3)
      expect(await store.events.list(runId, { after: 1, limit: 10 })).toMatchObject([
        { type: 'STEP_START' },
        { type: 'STEP_SUCCESS', data: { durationMs: 2 } },
      ])
      expect(await store.steps.start({ ...opStart(runId), attempt: 2 })).toEqual({
        kind: 'ended',
        status: 'SUCCESS',
        error: null,
        outputs: { mapped: { rows: [] } },
      })
    })

    test('how steps ended is told with their outputs; those that have not are left out', async () => {
      const { runId } = await createRun(store, 0)
      const outputs = { missing: ['errors'], mapped: { rows: ['k1', 'k2'] } }
      await store.steps.succeeded(await claimOf(store, opStart(runId, 'one')), { outputs })
      await store.steps.succeeded(await claimOf(store, opStart(runId, 'two[k1]')), {})
      await store.steps.failed(await claimOf(store, opStart(runId, 'three')), boom, null)
      await claimOf(store, opStart(runId, 'four'))
      await store.steps.failed(await claimOf(store, opStart(runId, 'five')), boom, 10)
      expect(await store.steps.ended(runId, ['one', 'two[k1]', 'three', 'four', 'five', 'six'])).toEqual(
        new Map([
          ['one', { status: 'SUCCESS', outputs }],
          ['two[k1]', { status: 'SUCCESS', outputs: null }],
          ['three', { status: 'FAILURE', outputs: null }],
        ]),
      )
      expect(await store.steps.ended(runId, ['two[k1]'])).toEqual(new Map([['two[k1]', { status: 'SUCCESS', outputs: null }]]))
      expect(await store.steps.ended(runId, [])).toEqual(new Map())
    })

    test('a failing op of a job fails no asset, one of a graph asset fails the asset', async () => {
      const asset = `asset-${randomUUID()}`
      const { runId } = await createRun(store, 0)
      await store.steps.failed(await claimOf(store, opStart(runId)), boom, null)
      const ofGraph = { ...opStart(runId, `${asset}.clean`), assetKey: asset }
      await store.steps.failed(await claimOf(store, ofGraph), boom, null)
      expect(await store.materializations.latest([asset])).toMatchObject([{ assetKey: asset, status: 'FAILED', lastRunId: runId }])
      expect(await statuses(store, runId)).toEqual({ clean: 'FAILURE', [`${asset}.clean`]: 'FAILURE' })
    })

    test('a multi-asset’s step makes all of its assets, keeps them in progress meanwhile, and fails them all', async () => {
      const assetKeys = ['b', 'a'].map((name) => `${name}-${randomUUID()}`)
      const { runId } = await createRun(store, 0)
      const start: StepStart = { ...startOf(runId, 'split'), assetKey: null, assetKeys }
      const held = await claimOf(store, start)
      const inProgress = await store.materializations.inProgress()
      expect(assetKeys.map((key) => inProgress.get(key))).toEqual([runId, runId])
      await store.steps.succeeded(held, making(...assetKeys))
      expect((await eventTypes(store, runId)).slice(1)).toEqual(['STEP_START', 'ASSET_MATERIALIZATION', 'ASSET_MATERIALIZATION'])
      const { runId: later } = await createRun(store, 0)
      await store.steps.failed(await claimOf(store, { ...start, runId: later }), boom, null)
      const latest = await store.materializations.latest(assetKeys)
      expect(latest.map(({ assetKey, status, lastRunId }) => [assetKey, status, lastRunId])).toEqual(
        assetKeys.toSorted().map((key) => [key, 'FAILED', later]),
      )
      expect(latest.map(({ lastMaterialization }) => lastMaterialization?.runId)).toEqual([runId, runId])
    })

    test('a multi-asset’s step that made nothing says that it has ended', async () => {
      const { runId } = await createRun(store, 0)
      await store.steps.succeeded(await claimOf(store, { ...startOf(runId, 'split'), assetKey: null, assetKeys: ['a'] }), {
        materializations: [],
      })
      expect((await eventTypes(store, runId)).slice(1)).toEqual(['STEP_START', 'STEP_SUCCESS'])
    })

    test('everything that a step brings is recorded together, in this order', async () => {
      const { runId, plan } = await createRun(store, 1)
      const key = plan.steps[0]?.key ?? ''
      await store.steps.succeeded(await claim(store, runId, key), {
        checks: [evaluationOf(key, 'positive'), evaluationOf(key, 'unique', { passed: false, severity: 'WARN' })],
        observations: [observationOf(key)],
        materializations: [materializationOf(key)],
      })
      expect((await eventTypes(store, runId)).slice(1)).toEqual([
        'STEP_START',
        'ASSET_MATERIALIZATION',
        'ASSET_OBSERVATION',
        'ASSET_CHECK_EVALUATION',
        'ASSET_CHECK_EVALUATION',
      ])
      await expectLogWithoutGaps(store, runId)
    })

    test.each(['succeeded', 'completed'] as const)('a step whose blocking check failed is recorded whole, and fails (%s)', async (how) => {
      const { runId, plan } = await createRun(store, 2, { partitionKey: 'p' })
      const [key = '', other = ''] = plan.steps.map((step) => step.key)
      const recording = {
        materializations: [materializationOf(key, { partitionKey: 'p' })],
        checks: [evaluationOf(key, 'positive', { passed: false, blocking: true, partitionKey: 'p' })],
        failure: boom,
      }
      if (how === 'succeeded') {
        const held = await claim(store, runId, key)
        await store.steps.succeeded(held, recording)
        await store.steps.succeeded(held, recording)
        await expectFenced(store.steps.succeeded(held, making(key)))
      } else await store.steps.completed(startOf(runId, key), 1, recording)
      const log = await store.events.list(runId, { after: 2, limit: 10 })
      expect(log.map(({ type, partitionKey }) => [type, partitionKey])).toEqual([
        ['ASSET_MATERIALIZATION', 'p'],
        ['ASSET_CHECK_EVALUATION', 'p'],
        ['STEP_FAILURE', 'p'],
      ])
      expect(log.at(-1)).toMatchObject({ stepKey: key, assetKey: key, attempt: 1, data: { error: boom } })
      expect(await store.steps.list(runId)).toMatchObject([{ stepKey: key, status: 'FAILURE', error: boom, failures: 1 }])
      expect(await store.steps.start(startOf(runId, key, 2))).toMatchObject({ kind: 'ended', status: 'FAILURE', error: boom })
      expect(await store.materializations.latest([key])).toMatchObject([{ status: 'MATERIALIZED', materializationCount: 1 }])
      // The run goes on.
      await store.steps.completed(startOf(runId, other), 1, making(other))
      await expectLogWithoutGaps(store, runId)
    })

    test('what is skipped says why, with the asset that the caller names or the plan knows', async () => {
      const { runId, plan } = await createRun(store, 1)
      const [planned = ''] = plan.steps.map((step) => step.key)
      await store.runs.ended({
        runId,
        status: 'SUCCESS',
        reason: null,
        skipped: [
          { stepKey: planned, because: 'fetch', why: 'failed' },
          { stepKey: 'report.clean[k1]', assetKey: 'report', because: 'fetch', why: 'missing' },
          { stepKey: 'send[k1,k2]', because: 'fetch', why: 'missing' },
        ],
      })
      const skipped = (await store.steps.list(runId)).map(({ stepKey, assetKey, status, because, why }) => [
        stepKey,
        assetKey,
        status,
        because,
        why,
      ])
      expect(skipped).toEqual([
        [planned, planned, 'SKIPPED', 'fetch', 'failed'],
        ['report.clean[k1]', 'report', 'SKIPPED', 'fetch', 'missing'],
        ['send[k1,k2]', null, 'SKIPPED', 'fetch', 'missing'],
      ])
      expect(await store.events.list(runId, { after: 1, limit: 3 })).toMatchObject([
        { type: 'STEP_SKIPPED', stepKey: planned, assetKey: planned, data: { because: 'fetch', why: 'failed' } },
        { type: 'STEP_SKIPPED', assetKey: 'report', data: { because: 'fetch', why: 'missing' } },
        { type: 'STEP_SKIPPED', assetKey: null },
      ])
    })
  })
}
