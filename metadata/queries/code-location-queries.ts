import { asc, inArray } from 'drizzle-orm'
import type { Snapshot } from '../../planning/snapshot.ts'
import type { Database } from '../database.ts'
import type { CodeLocation, CodeLocationStore } from '../stores/code-location-store.ts'
import { snapshotHash } from '../snapshot-hash.ts'
import { storableJson } from '../storable-json.ts'
import { codeLocations, snapshots } from '../tables/code-locations.ts'

export function codeLocationStore(database: Database): CodeLocationStore {
  const known = new KnownSnapshots(database)
  return {
    register: async (name: string, snapshot: Snapshot) => {
      const hash = snapshotHash(snapshot)
      await database.call('register_code_location', [name, hash, storableJson(snapshot)])
      return hash
    },
    list: async () => await known.with(await registered(database)),
    current: async () =>
      await database.read((db) =>
        db
          .select({ name: codeLocations.name, snapshotHash: codeLocations.snapshotHash })
          .from(codeLocations)
          .orderBy(asc(codeLocations.name)),
      ),
  }
}

type Registration = Omit<CodeLocation, 'snapshot'>

async function registered(database: Database): Promise<readonly Registration[]> {
  return await database.read((db) =>
    db
      .select({ name: codeLocations.name, snapshotHash: codeLocations.snapshotHash, registeredAt: codeLocations.registeredAt })
      .from(codeLocations)
      .orderBy(asc(codeLocations.name)),
  )
}

/**
 * The snapshots that are current, read once each: one of 600 assets is 300 KB of JSON, which every launch of a run needs, and
 * what has a hash never changes.
 */
class KnownSnapshots {
  readonly #database: Database
  #byHash: ReadonlyMap<string, Snapshot> = new Map()

  constructor(database: Database) {
    this.#database = database
  }

  async with(registrations: readonly Registration[]): Promise<readonly CodeLocation[]> {
    const hashes = [...new Set(registrations.map(({ snapshotHash }) => snapshotHash))]
    const before = this.#byHash
    const read = await this.#read(hashes.filter((hash) => !before.has(hash)))
    const byHash = new Map(hashes.map((hash) => [hash, (before.get(hash) ?? read.get(hash)) as Snapshot]))
    this.#byHash = byHash
    return registrations.map((registration) => ({ ...registration, snapshot: byHash.get(registration.snapshotHash) as Snapshot }))
  }

  async #read(hashes: readonly string[]): Promise<ReadonlyMap<string, Snapshot>> {
    if (hashes.length === 0) return new Map()
    const rows = await this.#database.read((db) =>
      db
        .select()
        .from(snapshots)
        .where(inArray(snapshots.hash, [...hashes])),
    )
    return new Map(rows.map(({ hash, snapshot }) => [hash, snapshot]))
  }
}
