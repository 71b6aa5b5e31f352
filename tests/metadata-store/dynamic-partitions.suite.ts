import { randomUUID } from 'node:crypto'
import { beforeAll, describe, expect, test } from 'vitest'
import type { MetadataStore } from '../../metadata/metadata-store.ts'
import { claim, createRun, making, materializationOf } from './records.ts'
import type { StoreUnderTest } from './store-under-test.ts'

/** What every metadata store must do with partitions that come and go. */
export function dynamicPartitionsSuite(under: StoreUnderTest): void {
  describe('dynamic partitions', () => {
    let store: MetadataStore

    beforeAll(() => {
      ;({ store } = under)
    })

    const keysOf = async (name: string): Promise<readonly string[] | undefined> => (await store.dynamicPartitions.keysOf([name])).get(name)

    test('keep their keys in the order in which they were added', async () => {
      const name = `name-${randomUUID()}`
      expect(await keysOf(name)).toEqual([])
      expect(await store.dynamicPartitions.add(name, ['zeta', 'acme', 'ümläut/\u{1f600} "x"'])).toEqual([
        'zeta',
        'acme',
        'ümläut/\u{1f600} "x"',
      ])
      expect(await store.dynamicPartitions.add(name, ['beta', 'acme', 'alpha', 'beta'])).toEqual(['beta', 'alpha'])
      expect(await keysOf(name)).toEqual(['zeta', 'acme', 'ümläut/\u{1f600} "x"', 'beta', 'alpha'])
    })

    test('stay as they are where all keys are there already', async () => {
      const name = `name-${randomUUID()}`
      await store.dynamicPartitions.add(name, ['a', 'b'])
      const before = await store.dynamicPartitions.list(name, { limit: 9 })
      expect(await store.dynamicPartitions.add(name, ['b', 'a'])).toEqual([])
      expect(await store.dynamicPartitions.list(name, { limit: 9 })).toEqual(before)
    })

    test('no longer have what was removed, and have it as the last where it is added again', async () => {
      const name = `name-${randomUUID()}`
      await store.dynamicPartitions.add(name, ['a', 'b', 'c'])
      await store.dynamicPartitions.remove(name, ['a', 'gone'])
      expect(await keysOf(name)).toEqual(['b', 'c'])
      await store.dynamicPartitions.remove(name, ['a'])
      expect(await store.dynamicPartitions.add(name, ['a'])).toEqual(['a'])
      expect(await keysOf(name)).toEqual(['b', 'c', 'a'])
    })

    test('agree with a list that is changed the same way, whatever is added and removed', async () => {
      const name = `name-${randomUUID()}`
      let model: readonly string[] = []
      for (let turn = 0; turn < 60; turn += 1) {
        const keys = Array.from({ length: 1 + ((turn * 5) % 4) }, (_, index) => `k${(turn * 7 + index * 3) % 11}`)
        if (turn % 3 === 2) {
          await store.dynamicPartitions.remove(name, keys)
          model = model.filter((key) => !keys.includes(key))
        } else {
          const added = [...new Set(keys)].filter((key) => !model.includes(key))
          expect(await store.dynamicPartitions.add(name, keys)).toEqual(added)
          model = [...model, ...added]
        }
        expect(await keysOf(name)).toEqual(model)
      }
    })

    test('keep what happened to a partition that was removed', async () => {
      const [name, asset] = [`name-${randomUUID()}`, `asset-${randomUUID()}`]
      await store.dynamicPartitions.add(name, ['a'])
      const { runId } = await createRun(store, 0, { partitionKey: 'a' })
      await store.steps.succeeded(await claim(store, runId, asset), {
        ...making(asset),
        materializations: [materializationOf(asset, { partitionKey: 'a' })],
      })
      await store.dynamicPartitions.remove(name, ['a'])
      expect((await store.materializations.list(asset, { limit: 5 })).items).toMatchObject([{ partitionKey: 'a', runId }])
      expect(await store.partitions.statuses(asset, ['a'])).toMatchObject([{ status: 'MATERIALIZED' }])
      expect((await store.partitions.counts(asset)).materialized).toBe(1)
      expect((await store.partitions.counts(asset, name)).materialized).toBe(0)
      await store.dynamicPartitions.add(name, ['a'])
      expect((await store.partitions.counts(asset, name)).materialized).toBe(1)
    })

    test('are listed newest first, page by page', async () => {
      const name = `name-${randomUUID()}`
      const keys = Array.from({ length: 7 }, (_, index) => `key-${index}`)
      await store.dynamicPartitions.add(name, keys)
      const pages: (readonly string[])[] = []
      let cursor: string | null | undefined
      do {
        const page = await store.dynamicPartitions.list(name, { limit: 3, ...(cursor && { cursor }) })
        pages.push(page.items.map(({ key }) => key))
        expect(page.items[0]?.addedAt).toBeInstanceOf(Date)
        cursor = page.cursor
      } while (cursor !== null)
      expect(pages).toEqual([['key-6', 'key-5', 'key-4'], ['key-3', 'key-2', 'key-1'], ['key-0']])
    })

    test('are apart by their name, and names are those that have keys', async () => {
      const [one, other] = [`name-${randomUUID()}`, `name-${randomUUID()}`]
      await store.dynamicPartitions.add(one, ['a', 'b'])
      await store.dynamicPartitions.add(other, ['a'])
      const counts = async (): Promise<unknown> =>
        (await store.dynamicPartitions.names()).filter(({ name }) => name === one || name === other)
      expect(await counts()).toEqual([one, other].toSorted().map((name) => ({ name, count: name === one ? 2 : 1 })))
      expect(await store.dynamicPartitions.keysOf([one, other])).toEqual(
        new Map([
          [one, ['a', 'b']],
          [other, ['a']],
        ]),
      )
      expect(await store.dynamicPartitions.keysOf([])).toEqual(new Map())
      await store.dynamicPartitions.remove(other, ['a'])
      expect(await counts()).toEqual([{ name: one, count: 2 }])
    })

    test('are added once where several add the same at once, in whichever order', async () => {
      const name = `name-${randomUUID()}`
      const keys = Array.from({ length: 50 }, (_, index) => `key-${index}`)
      const answers = await Promise.all(
        Array.from({ length: 6 }, (_, index) => store.dynamicPartitions.add(name, index % 2 === 0 ? keys : keys.toReversed())),
      )
      expect(answers.map((added) => added.length).toSorted((a, b) => a - b)).toEqual([0, 0, 0, 0, 0, 50])
      expect((await keysOf(name))?.toSorted()).toEqual(keys.toSorted())
    })

    test('may be ten thousand at once', async () => {
      const name = `name-${randomUUID()}`
      const keys = Array.from({ length: 10_000 }, (_, index) => `key-${index}`)
      expect(await store.dynamicPartitions.add(name, keys)).toEqual(keys)
      expect(await keysOf(name)).toEqual(keys)
    })
  })
}
