import { randomUUID } from 'node:crypto'
import { beforeAll, describe, expect, test } from 'vitest'
import type { MetadataStore } from '../../metadata/metadata-store.ts'
import type { NewReport } from '../../metadata/stores/report-store.ts'
import { claim, createRun, evaluationOf, making, materializationOf, observationOf } from './records.ts'
import type { StoreUnderTest } from './store-under-test.ts'

/** What every metadata store must do with events of assets from outside of every run. */
export function reportsSuite(under: StoreUnderTest): void {
  describe('reports', () => {
    let store: MetadataStore

    beforeAll(() => {
      ;({ store } = under)
    })

    const materialization = (assetKey: string, facts = {}): NewReport => ({
      kind: 'materialization',
      ...materializationOf(assetKey, { dataVersion: 'v1', inputVersions: { other: 'o1' }, ...facts }),
    })

    test('a materialization from outside is one of the asset, without a run', async () => {
      const key = `asset-${randomUUID()}`
      const { id, created } = await store.reports.record(materialization(key), null)
      expect(created).toBe(true)
      const { items } = await store.materializations.list(key, { limit: 5 })
      const { kind: _, ...facts } = materialization(key)
      expect(items).toEqual([{ ...facts, id, runId: null, stepKey: null, time: expect.any(Date), durationMs: null }])
      expect(await store.materializations.latest([key])).toMatchObject([
        { status: 'MATERIALIZED', lastRunId: null, lastMaterialization: { id }, materializationCount: 1, dataVersion: 'v1' },
      ])
    })

    test('the newest counts, whether it was reported or made in a run', async () => {
      const key = `asset-${randomUUID()}`
      await store.reports.record(materialization(key), null)
      await store.reports.record(materialization(key), null)
      const { runId } = await createRun(store, 0)
      await store.steps.succeeded(await claim(store, runId, key), making(key))
      expect(await store.materializations.latest([key])).toMatchObject([{ lastRunId: runId, materializationCount: 3, dataVersion: 'd' }])
      await store.reports.record(materialization(key), null)
      expect(await store.materializations.latest([key])).toMatchObject([{ lastRunId: null, materializationCount: 4, dataVersion: 'v1' }])
      expect((await store.materializations.list(key, { limit: 9 })).items.map((each) => each.runId)).toEqual([null, runId, null, null])
      expect(await store.materializations.ofRun(runId)).toHaveLength(1)
    })

    test('an observation and a check from outside are the asset’s latest', async () => {
      const key = `asset-${randomUUID()}`
      const made = await store.reports.record(materialization(key), null)
      const looked = await store.reports.record({ kind: 'observation', ...observationOf(key, { dataVersion: 'v2' }) }, null)
      const checked = await store.reports.record({ kind: 'check', ...evaluationOf(key, 'fresh', { passed: false }) }, null)
      expect((await store.observations.list(key, { limit: 5 })).items).toMatchObject([{ id: looked.id, runId: null, stepKey: null }])
      expect(await store.materializations.latest([key])).toMatchObject([{ lastObservation: { id: looked.id }, dataVersion: 'v2' }])
      expect(await store.checks.latest([key])).toMatchObject([
        { id: checked.id, runId: null, stepKey: null, checkName: 'fresh', passed: false, materializationId: made.id },
      ])
    })

    test('a second one with an idempotency key is the first, also when both come at once; another event is refused', async () => {
      const [key, idempotencyKey] = [`asset-${randomUUID()}`, randomUUID()]
      const answers = await Promise.all(Array.from({ length: 5 }, () => store.reports.record(materialization(key), idempotencyKey)))
      expect(answers.filter(({ created }) => created)).toHaveLength(1)
      expect(new Set(answers.map(({ id }) => id)).size).toBe(1)
      expect((await store.materializations.list(key, { limit: 9 })).items).toHaveLength(1)
      await expect(store.reports.record(materialization(key, { dataVersion: 'v2' }), idempotencyKey)).rejects.toMatchObject({
        code: 'IDEMPOTENCY_KEY_REUSED',
      })
      expect(await store.materializations.latest([key])).toMatchObject([{ materializationCount: 1, dataVersion: 'v1' }])
    })
  })
}
