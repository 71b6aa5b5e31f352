import { asc, eq } from 'drizzle-orm'
import type { Snapshot } from '../../planning/snapshot.ts'
import type { Database } from '../database.ts'
import type { CodeLocationStore } from '../stores/code-location-store.ts'
import { snapshotHash } from '../snapshot-hash.ts'
import { storableJson } from '../storable-json.ts'
import { codeLocations, snapshots } from '../tables/code-locations.ts'

export function codeLocationStore(database: Database): CodeLocationStore {
  return {
    register: async (name: string, snapshot: Snapshot) => {
      const hash = snapshotHash(snapshot)
      await database.call('register_code_location', [name, hash, storableJson(snapshot)])
      return hash
    },
    list: async () =>
      await database.read((db) =>
        db
          .select({
            name: codeLocations.name,
            snapshotHash: codeLocations.snapshotHash,
            snapshot: snapshots.snapshot,
            registeredAt: codeLocations.registeredAt,
          })
          .from(codeLocations)
          .innerJoin(snapshots, eq(snapshots.hash, codeLocations.snapshotHash))
          .orderBy(asc(codeLocations.name)),
      ),
    current: async () =>
      await database.read((db) =>
        db
          .select({ name: codeLocations.name, snapshotHash: codeLocations.snapshotHash })
          .from(codeLocations)
          .orderBy(asc(codeLocations.name)),
      ),
  }
}
