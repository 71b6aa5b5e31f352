import { randomUUID } from 'node:crypto'
import { beforeAll, describe, expect, test } from 'vitest'
import type { MetadataStore } from '../../metadata/metadata-store.ts'
import type { StoreUnderTest } from './store-under-test.ts'

/** What every metadata store must do with code locations. */
export function codeLocationsSuite(under: StoreUnderTest): void {
  describe('code locations', () => {
    let store: MetadataStore

    beforeAll(() => {
      ;({ store } = under)
    })

    test('a location’s snapshot is kept once by what it says, and the last one registered is current', async () => {
      const location = `location-${randomUUID()}`
      const snapshot = {
        version: 1,
        assets: [],
        jobs: [],
        resources: [{ name: location, description: null, environment: ['A'] }],
      } as const
      const other = { resources: [{ environment: ['A'], name: location, description: null }], jobs: [], assets: [], version: 1 } as const
      const hash = await store.codeLocations.register(location, snapshot)
      expect(await store.codeLocations.register(location, other)).toBe(hash)
      expect(await store.codeLocations.current()).toContainEqual({ name: location, snapshotHash: hash })
      const empty = await store.codeLocations.register(location, { ...snapshot, resources: [] })
      expect(empty).not.toBe(hash)
      const [current] = (await store.codeLocations.list()).filter(({ name }) => name === location)
      expect(current).toEqual({
        name: location,
        snapshotHash: empty,
        snapshot: { ...snapshot, resources: [] },
        registeredAt: expect.any(Date),
      })
    })
  })
}
