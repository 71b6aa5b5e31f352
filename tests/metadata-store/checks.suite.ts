import { randomUUID } from 'node:crypto'
import { beforeAll, describe, expect, test } from 'vitest'
import type { MetadataStore } from '../../metadata/metadata-store.ts'
import type { NewCheckEvaluation } from '../../metadata/stores/check-store.ts'
import type { HeldStep } from '../../metadata/stores/step-store.ts'
import { boom, claim, claimOf, createRun, evaluationOf, making, materializationOf, startOf } from './records.ts'
import type { StoreUnderTest } from './store-under-test.ts'

/** What every metadata store must know of asset checks. */
export function checksSuite(under: StoreUnderTest): void {
  describe('checks', () => {
    let store: MetadataStore

    beforeAll(() => {
      ;({ store } = under)
    })

    async function checking(key: string, name: string): Promise<HeldStep> {
      const { runId } = await createRun(store, 0)
      return claimOf(store, { ...startOf(runId, `${key}:${name}`), kind: 'check', assetKey: key })
    }

    async function checked(key: string, name: string, facts: Partial<NewCheckEvaluation> = {}): Promise<string> {
      const held = await checking(key, name)
      await store.steps.succeeded(held, { checks: [evaluationOf(key, name, facts)] })
      return held.runId
    }

    test('an evaluation is recorded with what it found, and stands in its run’s log', async () => {
      const key = `asset-${randomUUID()}`
      const found = {
        passed: false,
        severity: 'WARN',
        blocking: true,
        description: '3 of 5 rows have no name',
        metadata: { nulls: { type: 'int', value: 3 } },
      } as const
      const runId = await checked(key, 'no_nulls', found)
      const [recorded] = await store.checks.ofRun(runId)
      expect(recorded).toEqual({
        ...evaluationOf(key, 'no_nulls', found),
        id: expect.any(String),
        runId,
        stepKey: `${key}:no_nulls`,
        time: expect.any(Date),
        materializationId: null,
      })
      expect(await store.checks.latest([key])).toEqual([recorded])
      expect((await store.events.list(runId, { after: 1, limit: 5 })).map(({ type, data }) => ({ type, data }))).toEqual([
        { type: 'STEP_START', data: { worker: 'worker 1' } },
        { type: 'ASSET_CHECK_EVALUATION', data: { checkName: 'no_nulls', ...found, materializationId: null } },
      ])
      expect(await store.steps.list(runId)).toMatchObject([{ stepKey: `${key}:no_nulls`, assetKey: key, status: 'SUCCESS' }])
    })

    test('evaluations of a check go from the newest down, page by page, apart from those of others', async () => {
      const key = `asset-${randomUUID()}`
      const runIds = [await checked(key, 'fresh'), await checked(key, 'fresh'), await checked(key, 'fresh')]
      await checked(key, 'unique')
      const check = { assetKey: key, checkName: 'fresh' }
      const first = await store.checks.list(check, { limit: 2 })
      const second = await store.checks.list(check, { limit: 2, cursor: first.cursor ?? '' })
      expect([...first.items, ...second.items].map(({ runId }) => runId)).toEqual(runIds.toReversed())
      expect(second.cursor).toBeNull()
    })

    test('the latest of each check is the newest, for all assets or those that are asked for', async () => {
      const [one, other] = [`a-${randomUUID()}`, `b-${randomUUID()}`]
      await checked(one, 'unique', { passed: false })
      const newest = await checked(one, 'unique')
      await checked(one, 'fresh', { passed: false })
      await checked(other, 'fresh')
      const latest = (await store.checks.latest([other, one])).map(({ assetKey, checkName, passed }) => [assetKey, checkName, passed])
      expect(latest).toEqual([
        [one, 'fresh', false],
        [one, 'unique', true],
        [other, 'fresh', true],
      ])
      expect((await store.checks.latest([one]))[1]?.runId).toBe(newest)
      expect((await store.checks.latest()).map(({ assetKey }) => assetKey)).toEqual(expect.arrayContaining([one, other]))
      expect(await store.checks.latest([])).toEqual([])
    })

    test('an evaluation is about the asset’s newest materialization, or the one that its own step made', async () => {
      const key = `asset-${randomUUID()}`
      const { runId: before } = await createRun(store, 0)
      await store.steps.succeeded(await claim(store, before, key), making(key))
      const apart = await checked(key, 'apart')
      const { runId } = await createRun(store, 0)
      await store.steps.succeeded(await claim(store, runId, key), { ...making(key), checks: [evaluationOf(key, 'within')] })
      const [[first], [second]] = [await store.materializations.ofRun(before), await store.materializations.ofRun(runId)]
      expect((await store.checks.ofRun(apart))[0]?.materializationId).toBe(first?.id)
      expect((await store.checks.ofRun(runId))[0]?.materializationId).toBe(second?.id)
    })

    test('an evaluation of a partition is about that partition, one of the whole about the newest of any', async () => {
      const key = `asset-${randomUUID()}`
      const { runId } = await createRun(store, 0)
      const materializations = ['a', 'b'].map((partitionKey) => materializationOf(key, { partitionKey }))
      await store.steps.succeeded(await claim(store, runId, key), { materializations })
      const ids = (await store.materializations.ofRun(runId)).map(({ id }) => id)
      const idOf = async (partitionKey: string | null) =>
        (await store.checks.ofRun(await checked(key, 'fresh', { partitionKey })))[0]?.materializationId
      expect([await idOf('a'), await idOf('b'), await idOf('c'), await idOf(null)]).toEqual([ids[0], ids[1], null, ids[1]])
    })

    test('a check that is under way or can’t be carried out says nothing of the asset', async () => {
      const key = `asset-${randomUUID()}`
      const { runId } = await createRun(store, 0)
      await store.steps.succeeded(await claim(store, runId, key), making(key))
      const held = await checking(key, 'fresh')
      expect((await store.materializations.inProgress()).has(key)).toBe(false)
      await store.steps.failed(held, boom, null)
      expect(await store.materializations.latest([key])).toMatchObject([{ status: 'MATERIALIZED', lastRunId: runId }])
      expect(await store.checks.latest([key])).toEqual([])
    })
  })
}
