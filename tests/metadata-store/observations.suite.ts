import { randomUUID } from 'node:crypto'
import { beforeAll, describe, expect, test } from 'vitest'
import type { MetadataStore } from '../../metadata/metadata-store.ts'
import type { NewMaterialization } from '../../metadata/stores/materialization-store.ts'
import type { NewObservation } from '../../metadata/stores/observation-store.ts'
import type { HeldStep } from '../../metadata/stores/step-store.ts'
import { boom, claim, claimOf, createRun, materializationOf, observationOf, startOf } from './records.ts'
import type { StoreUnderTest } from './store-under-test.ts'

/** What every metadata store must know of observations and of the versions of data. */
export function observationsSuite(under: StoreUnderTest): void {
  describe('observations and data versions', () => {
    let store: MetadataStore

    beforeAll(() => {
      ;({ store } = under)
    })

    /** A look at an asset that is under way. */
    async function looking(key: string): Promise<HeldStep> {
      const { runId } = await createRun(store, 0)
      return claimOf(store, { ...startOf(runId, key), kind: 'observe' })
    }

    async function observed(key: string, ...all: readonly Partial<NewObservation>[]): Promise<string> {
      const held = await looking(key)
      await store.steps.succeeded(held, { observations: all.map((facts) => observationOf(key, facts)) })
      return held.runId
    }

    async function materialized(key: string, facts: Partial<NewMaterialization> = {}): Promise<void> {
      const { runId } = await createRun(store, 0)
      await store.steps.succeeded(await claim(store, runId, key), { materializations: [materializationOf(key, facts)] })
    }

    async function versionOf(key: string): Promise<{ readonly version: string | null | undefined; readonly at: Date | null | undefined }> {
      const [latest] = await store.materializations.latest([key])
      return { version: latest?.dataVersion, at: latest?.dataVersionAt }
    }

    test('an observation is recorded with its run and stands in its log', async () => {
      const key = `asset-${randomUUID()}`
      const facts = { metadata: { files: { type: 'int', value: 3 } }, tags: { by: 'probe' }, dataVersion: 'v1' } as const
      const runId = await observed(key, facts)
      const [recorded] = await store.observations.ofRun(runId)
      expect(recorded).toEqual({
        ...observationOf(key, facts),
        id: expect.any(String),
        runId,
        stepKey: key,
        time: expect.any(Date),
      })
      expect((await store.observations.list(key, { limit: 5 })).items).toEqual([recorded])
      expect((await store.events.list(runId, { after: 2, limit: 5 })).map(({ type, data }) => ({ type, data }))).toEqual([
        { type: 'ASSET_OBSERVATION', data: facts },
      ])
      expect(await store.materializations.latest([key])).toEqual([
        {
          assetKey: key,
          partitionKey: null,
          status: 'OBSERVED',
          lastRunId: runId,
          updatedAt: recorded?.time,
          lastMaterialization: null,
          materializationCount: 0,
          lastObservation: recorded,
          dataVersion: 'v1',
          dataVersionAt: recorded?.time,
        },
      ])
    })

    test('observations of an asset go from the newest down, page by page; the newest is its latest', async () => {
      const key = `asset-${randomUUID()}`
      await observed(key, { tags: { n: '1' } }, { tags: { n: '2' } })
      await observed(key, { tags: { n: '3' } })
      const first = await store.observations.list(key, { limit: 2 })
      const second = await store.observations.list(key, { limit: 2, cursor: first.cursor ?? '' })
      expect([...first.items, ...second.items].map(({ tags }) => tags['n'])).toEqual(['3', '2', '1'])
      expect(second.cursor).toBeNull()
      expect((await store.materializations.latest([key]))[0]?.lastObservation).toEqual(first.items[0])
    })

    test('the same version again changes neither the version nor its time; another one does', async () => {
      const key = `asset-${randomUUID()}`
      await observed(key, { dataVersion: 'v1' })
      const first = await versionOf(key)
      await observed(key, { dataVersion: 'v1' })
      expect(await versionOf(key)).toEqual(first)
      await materialized(key, { dataVersion: 'v1' })
      expect(await versionOf(key)).toEqual(first)
      await observed(key, { dataVersion: 'v2' })
      const [newest] = (await store.observations.list(key, { limit: 1 })).items
      expect(await versionOf(key)).toEqual({ version: 'v2', at: newest?.time })
    })

    test('an observation without a version leaves the version; a materialization without one makes it unknown', async () => {
      const key = `asset-${randomUUID()}`
      await materialized(key, { dataVersion: 'v1' })
      const first = await versionOf(key)
      await observed(key, { dataVersion: null })
      expect(await versionOf(key)).toEqual(first)
      await materialized(key, { dataVersion: null })
      await materialized(key, { dataVersion: null })
      const [newest] = (await store.materializations.list(key, { limit: 1 })).items
      expect(await versionOf(key)).toEqual({ version: null, at: newest?.time })
    })

    test('an observation does not say that an asset was made, nor that it was mended', async () => {
      const key = `asset-${randomUUID()}`
      await materialized(key)
      const [before] = await store.materializations.latest([key])
      const observing = await observed(key, {})
      const [after] = await store.materializations.latest([key])
      expect(after).toEqual({ ...before, lastObservation: expect.objectContaining({ runId: observing }) })
      const { runId } = await createRun(store, 0)
      await store.steps.failed(await claim(store, runId, key), boom, null)
      await observed(key, {})
      expect(await store.materializations.latest([key])).toMatchObject([{ status: 'FAILED', lastRunId: runId }])
    })

    test('a look that fails fails the asset only where there are but looks, until one succeeds', async () => {
      const [onlyObserved, made] = [`asset-${randomUUID()}`, `asset-${randomUUID()}`]
      await observed(onlyObserved, { dataVersion: 'v1' })
      await materialized(made)
      for (const key of [onlyObserved, made]) await store.steps.failed(await looking(key), boom, null)
      const statusOf = async (key: string) => (await store.materializations.latest([key]))[0]?.status
      expect([await statusOf(onlyObserved), await statusOf(made)]).toEqual(['FAILED', 'MATERIALIZED'])
      await observed(onlyObserved, { dataVersion: 'v1' })
      expect(await statusOf(onlyObserved)).toBe('OBSERVED')
    })

    test('partitions have versions of their own', async () => {
      const key = `asset-${randomUUID()}`
      await observed(
        key,
        { partitionKey: 'b', dataVersion: 'b1' },
        { partitionKey: 'a', dataVersion: 'a1' },
        { partitionKey: 'b', dataVersion: 'b2' },
      )
      const known = await store.partitions.statuses(key, ['a', 'b', 'c'])
      expect(known.map(({ partitionKey, dataVersion }) => [partitionKey, dataVersion])).toEqual([
        ['a', 'a1'],
        ['b', 'b2'],
      ])
      expect(await store.partitions.counts(key)).toEqual({ materialized: 0, failed: 0, observed: 2 })
      expect([...(await store.materializations.dataVersions([key], 'a'))]).toEqual([[key, 'a1']])
      expect([...(await store.materializations.dataVersions([key]))]).toEqual([])
      expect(await store.partitions.dataVersions(key, ['c', 'b', 'a'])).toEqual(
        new Map([
          ['a', 'a1'],
          ['b', 'b2'],
        ]),
      )
      expect((await store.partitions.dataVersions(key, [])).size).toBe(0)
    })
  })
}
