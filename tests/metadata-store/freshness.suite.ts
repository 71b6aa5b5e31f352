import { randomUUID } from 'node:crypto'
import { beforeAll, describe, expect, test } from 'vitest'
import type { MetadataStore } from '../../metadata/metadata-store.ts'
import type { FoundFreshness, FreshnessEvent } from '../../metadata/stores/freshness-store.ts'
import type { NewMaterialization } from '../../metadata/stores/materialization-store.ts'
import type { NewObservation } from '../../metadata/stores/observation-store.ts'
import { boom, claim, claimOf, createRun, materializationOf, observationOf, startOf } from './records.ts'
import type { StoreUnderTest } from './store-under-test.ts'

/** What every metadata store must do with how fresh assets are. */
export function freshnessSuite(under: StoreUnderTest): void {
  describe('freshness', () => {
    let store: MetadataStore

    beforeAll(() => {
      ;({ store } = under)
    })

    const second = (count: number): Date => new Date(Date.UTC(2026, 0, 1, 0, 0, count))

    async function materialized(key: string, facts: Partial<NewMaterialization> = {}): Promise<Date> {
      const { runId } = await createRun(store, 0)
      await store.steps.succeeded(await claim(store, runId, key), { materializations: [materializationOf(key, facts)] })
      return (await store.materializations.ofRun(runId))[0]?.time as Date
    }

    async function observed(key: string, facts: Partial<NewObservation>): Promise<Date> {
      const { runId } = await createRun(store, 0)
      const held = await claimOf(store, { ...startOf(runId, key), kind: 'observe' })
      await store.steps.succeeded(held, { observations: [observationOf(key, facts)] })
      return (await store.observations.ofRun(runId))[0]?.time as Date
    }

    const updateOf = async (key: string): Promise<Date | undefined> => (await store.freshness.lastUpdates([key])).updates.get(key)

    describe('last updates', () => {
      test('are told for many assets at once, by the clock of the store, without those that never were', async () => {
        const [one, other, never] = [`asset-${randomUUID()}`, `asset-${randomUUID()}`, `asset-${randomUUID()}`]
        const [ofOne, ofOther] = [await materialized(one), await materialized(other)]
        const { at, updates } = await store.freshness.lastUpdates([one, never, other])
        expect(updates).toEqual(
          new Map([
            [one, ofOne],
            [other, ofOther],
          ]),
        )
        expect(at.getTime()).toBeGreaterThanOrEqual(ofOther.getTime())
        expect((await store.freshness.lastUpdates([])).updates).toEqual(new Map())
      })

      test('are materializations also of the same version, and no failures', async () => {
        const key = `asset-${randomUUID()}`
        await materialized(key, { dataVersion: 'v' })
        const again = await materialized(key, { dataVersion: 'v' })
        const { runId } = await createRun(store, 0)
        await store.steps.failed(await claim(store, runId, key), boom, null)
        expect(await updateOf(key)).toEqual(again)
      })

      test('are those of any partition', async () => {
        const key = `asset-${randomUUID()}`
        await materialized(key, { partitionKey: 'b' })
        const newest = await materialized(key, { partitionKey: 'a' })
        expect(await updateOf(key)).toEqual(newest)
      })

      test('are observations that found something else, or named no version', async () => {
        const key = `asset-${randomUUID()}`
        const first = await observed(key, { dataVersion: 'v1' })
        await observed(key, { dataVersion: 'v1' })
        expect(await updateOf(key)).toEqual(first)
        const other = await observed(key, { dataVersion: 'v2' })
        await observed(key, { dataVersion: 'v2' })
        expect(await updateOf(key)).toEqual(other)
        const nameless = await observed(key, { dataVersion: null })
        expect(await updateOf(key)).toEqual(nameless)
        const part = await observed(key, { partitionKey: 'a', dataVersion: 'v1' })
        expect(await updateOf(key)).toEqual(part)
      })

      test('are the newest of materializations and observations', async () => {
        const key = `asset-${randomUUID()}`
        const made = await materialized(key, { dataVersion: 'v1' })
        await observed(key, { dataVersion: 'v1' })
        expect(await updateOf(key)).toEqual(made)
        const seen = await observed(key, { dataVersion: 'v2' })
        expect(await updateOf(key)).toEqual(seen)
      })
    })

    describe('states', () => {
      const found = (assetKey: string, state: FoundFreshness['state'], facts: Partial<FoundFreshness> = {}): FoundFreshness => ({
        assetKey,
        state,
        since: null,
        policyHash: 'p',
        reason: `it is ${state}`,
        ...facts,
      })
      const story = async (key: string): Promise<readonly string[]> =>
        (await store.freshness.events(key, { limit: 100 })).items
          .toReversed()
          .map(({ from, to, time }) => `${from} ${to} ${time.getSeconds()}`)
      const stateOf = async (key: string): Promise<unknown> => (await store.freshness.states([key])).get(key)

      test('are recorded with an event where they change, and only there', async () => {
        const key = `asset-${randomUUID()}`
        expect(await stateOf(key)).toBe(undefined)
        await store.freshness.record(second(1), [found(key, 'UNKNOWN')])
        await store.freshness.record(second(2), [found(key, 'UNKNOWN')])
        await store.freshness.record(second(5), [found(key, 'PASS', { since: second(4) })])
        await store.freshness.record(second(6), [found(key, 'PASS', { since: second(6) })])
        await store.freshness.record(second(9), [found(key, 'FAIL', { since: second(8) })])
        expect(await story(key)).toEqual(['null UNKNOWN 1', 'UNKNOWN PASS 4', 'PASS FAIL 8'])
        expect(await stateOf(key)).toEqual({ state: 'FAIL', since: second(8), policyHash: 'p' })
        expect((await store.freshness.events(key, { limit: 1 })).items).toEqual<readonly FreshnessEvent[]>([
          { id: expect.any(String), assetKey: key, from: 'PASS', to: 'FAIL', time: second(8), reason: 'it is FAIL' },
        ])
      })

      test('change when another policy finds them other, and keep their time where it finds them the same', async () => {
        const key = `asset-${randomUUID()}`
        await store.freshness.record(second(10), [found(key, 'PASS', { since: second(1) })])
        await store.freshness.record(second(20), [found(key, 'PASS', { since: second(1), policyHash: 'q' })])
        expect(await stateOf(key)).toEqual({ state: 'PASS', since: second(10), policyHash: 'q' })
        await store.freshness.record(second(30), [found(key, 'FAIL', { since: second(2), policyHash: 'r' })])
        expect(await story(key)).toEqual(['null PASS 10', 'PASS FAIL 30'])
      })

      test('never change before they came to be', async () => {
        const key = `asset-${randomUUID()}`
        await store.freshness.record(second(10), [found(key, 'UNKNOWN')])
        await store.freshness.record(second(20), [found(key, 'FAIL', { since: second(3) })])
        expect(await story(key)).toEqual(['null UNKNOWN 10', 'UNKNOWN FAIL 10'])
      })

      test('are those of the latest finding, though an earlier one is recorded later', async () => {
        const key = `asset-${randomUUID()}`
        await store.freshness.record(second(1), [found(key, 'FAIL')])
        await store.freshness.record(second(4), [found(key, 'PASS', { since: second(3) })])
        await store.freshness.record(second(2), [found(key, 'WARN', { since: second(2) })])
        expect(await story(key)).toEqual(['null FAIL 1', 'FAIL PASS 3'])
      })

      test('are recorded once where several record them at once, in whichever order', async () => {
        const keys = Array.from({ length: 30 }, () => `asset-${randomUUID()}`)
        for (const [at, state] of [
          [1, 'UNKNOWN'],
          [2, 'PASS'],
          [3, 'FAIL'],
        ] as const) {
          const all = keys.map((key) => found(key, state, { since: second(at) }))
          await Promise.all(
            Array.from({ length: 6 }, (_, index) => store.freshness.record(second(at), index % 2 === 0 ? all : all.toReversed())),
          )
        }
        for (const key of keys) expect(await story(key)).toEqual(['null UNKNOWN 1', 'UNKNOWN PASS 2', 'PASS FAIL 3'])
      })

      test('are told with their changes page by page, newest first', async () => {
        const key = `asset-${randomUUID()}`
        for (let at = 1; at <= 5; at += 1) await store.freshness.record(second(at), [found(key, at % 2 === 0 ? 'PASS' : 'FAIL')])
        const pages: (readonly number[])[] = []
        let cursor: string | null | undefined
        do {
          const page = await store.freshness.events(key, { limit: 2, ...(cursor && { cursor }) })
          pages.push(page.items.map(({ time }) => time.getSeconds()))
          cursor = page.cursor
        } while (cursor !== null)
        expect(pages).toEqual([[5, 4], [3, 2], [1]])
      })
    })

    test('failed partitions are counted by asset', async () => {
      const [broken, good] = [`asset-${randomUUID()}`, `asset-${randomUUID()}`]
      for (const partitionKey of ['a', 'b']) {
        const { runId } = await createRun(store, 0, { partitionKey })
        await store.steps.failed(await claim(store, runId, broken), boom, null)
      }
      await materialized(good, { partitionKey: 'a' })
      expect(await store.partitions.failed([broken, good])).toEqual(new Map([[broken, 2]]))
      await materialized(broken, { partitionKey: 'b' })
      expect(await store.partitions.failed([broken])).toEqual(new Map([[broken, 1]]))
      expect(await store.partitions.failed([])).toEqual(new Map())
    })
  })
}
