import { randomUUID } from 'node:crypto'
import { beforeAll, describe, expect, test } from 'vitest'
import type { Metadata } from '../../definitions/metadata-value.ts'
import type { MetadataStore } from '../../metadata/metadata-store.ts'
import { boom, claim, createRun, expectLogWithoutGaps, making, materializationOf } from './records.ts'
import type { StoreUnderTest } from './store-under-test.ts'

/** What every metadata store must know of assets and their materializations. */
export function assetsSuite(under: StoreUnderTest): void {
  describe('assets', () => {
    let store: MetadataStore

    beforeAll(() => {
      ;({ store } = under)
    })

    test('materializations of an asset go from the newest down, page by page; the newest is its latest', async () => {
      const assetKey = `asset-${randomUUID()}`
      const days = ['2026-01-01', '2026-01-02', '2026-01-03']
      const runIds: string[] = []
      for (let index = 0; index < 2; index += 1) {
        const { runId } = await createRun(store, 0, { plan: { version: 1, steps: [{ key: assetKey, asset: assetKey, after: [] }] } })
        runIds.push(runId)
        const all = days.map((day) => materializationOf(assetKey, { partitionKey: day }))
        await store.steps.succeeded(await claim(store, runId, assetKey), { materializations: all })
      }
      const first = await store.materializations.list(assetKey, { limit: 4 })
      const second = await store.materializations.list(assetKey, { limit: 4, cursor: first.cursor ?? '' })
      const all = [...first.items, ...second.items].map(({ runId, partitionKey }) => [runId, partitionKey])
      expect(all).toEqual([...runIds].reverse().flatMap((runId) => [...days].reverse().map((day) => [runId, day])))
      expect(second.cursor).toBeNull()
      const latest = await store.partitions.statuses(assetKey, days)
      expect(latest.map(({ partitionKey, lastRunId, materializationCount }) => [partitionKey, lastRunId, materializationCount])).toEqual(
        days.map((day) => [day, runIds[1], 2]),
      )
      expect(latest.map(({ lastMaterialization }) => lastMaterialization)).toEqual([...first.items].slice(0, 3).reverse())
      expect((await store.materializations.latest([assetKey])).map(({ lastRunId }) => lastRunId)).toEqual([runIds[1]])
      expect(await store.partitions.statuses(assetKey, [null, '2026-01-04'])).toEqual([])
      expect(await store.partitions.counts(assetKey)).toEqual({ materialized: 3, failed: 0, observed: 0 })
      expect(await store.partitions.inProgress(assetKey)).toEqual([])
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
      await store.steps.succeeded(await claim(store, good.runId, assetKey), making(assetKey))
      await store.steps.failed(await claim(store, bad.runId, assetKey), boom, null)
      expect(await store.materializations.latest([assetKey])).toMatchObject([
        { status: 'FAILED', lastRunId: bad.runId, lastMaterialization: { runId: good.runId }, materializationCount: 1 },
      ])
      await store.steps.succeeded(await claim(store, better.runId, assetKey), making(assetKey))
      expect(await store.materializations.latest([assetKey])).toMatchObject([
        { status: 'MATERIALIZED', lastRunId: better.runId, lastMaterialization: { runId: better.runId }, materializationCount: 2 },
      ])
    })

    test('latest gives all assets, or those that are asked for', async () => {
      const { runId, plan } = await createRun(store, 3)
      for (const { key } of plan.steps) await store.steps.succeeded(await claim(store, runId, key), making(key))
      const keys = plan.steps.map((step) => step.key)
      expect((await store.materializations.latest(keys.slice(0, 2))).map(({ assetKey }) => assetKey).sort()).toEqual(
        keys.slice(0, 2).sort(),
      )
      expect((await store.materializations.latest()).map(({ assetKey }) => assetKey)).toEqual(expect.arrayContaining(keys))
      expect(await store.materializations.latest([])).toEqual([])
    })

    test('a number of the metadata is told over time, the newest ones and the oldest first', async () => {
      const assetKey = `asset-${randomUUID()}`
      const given: readonly Metadata[] = [
        { rows: { type: 'int', value: 1 } },
        { rows: { type: 'float', value: 2.5 } },
        { rows: { type: 'text', value: '3' } },
        { other: { type: 'int', value: 4 } },
        { rows: { type: 'int', value: 5 } },
        { rows: { type: 'int', value: Number.MAX_SAFE_INTEGER } },
      ]
      const { runId } = await createRun(store, 0)
      const materializations = given.map((metadata, index) => materializationOf(assetKey, { metadata, partitionKey: `p${index}` }))
      await store.steps.succeeded(await claim(store, runId, assetKey), { materializations })
      const recorded = await store.materializations.ofRun(runId)
      const pointOf = (index: number, value: number) => {
        const { id: materializationId, partitionKey, time } = recorded[index] ?? {}
        return { materializationId, runId, partitionKey, time, value }
      }
      expect(await store.materializations.series(assetKey, 'rows', 3)).toEqual([
        pointOf(1, 2.5),
        pointOf(4, 5),
        pointOf(5, Number.MAX_SAFE_INTEGER),
      ])
      expect(await store.materializations.series(assetKey, 'rows', 9)).toHaveLength(4)
      expect(await store.materializations.series(assetKey, "no'such", 9)).toEqual([])
    })
  })
}
