import { and, desc, eq, inArray, lt } from 'drizzle-orm'
import type { AssetKey } from '../../definitions/asset-key.ts'
import type { Database } from '../database.ts'
import { numberBefore, pageOf, rowsFor } from '../page-cursor.ts'
import { storableJson } from '../storable-json.ts'
import type { FreshnessEvent, FreshnessStore, LastUpdates, RecordedFreshness } from '../stores/freshness-store.ts'
import type { Page, PageRequest } from '../stores/page.ts'
import { freshnessEvents, freshnessStates } from '../tables/freshness.ts'

/** Keys that one statement names. PostgreSQL takes 65,535 values. */
const keysAtOnce = 10_000

export function freshnessStore(database: Database): FreshnessStore {
  return {
    lastUpdates: (assetKeys) => lastUpdates(database, assetKeys),
    states: (assetKeys) => states(database, assetKeys),
    record: async (at, found) => {
      if (found.length > 0) await database.call('record_freshness', [at.toISOString(), storableJson(found)])
    },
    events: (assetKey, page) => events(database, assetKey, page),
  }
}

async function lastUpdates(database: Database, assetKeys: readonly AssetKey[]): Promise<LastUpdates> {
  const answer = (await database.call('freshness_updates', [storableJson(assetKeys)])) as {
    readonly at: number
    readonly updates: readonly (readonly [AssetKey, number])[]
  }
  return { at: new Date(answer.at), updates: new Map(answer.updates.map(([key, time]) => [key, new Date(time)])) }
}

async function states(database: Database, assetKeys: readonly AssetKey[]): Promise<ReadonlyMap<AssetKey, RecordedFreshness>> {
  const { assetKey, state, since, policyHash } = freshnessStates
  const found = new Map<AssetKey, RecordedFreshness>()
  for (let from = 0; from < assetKeys.length; from += keysAtOnce) {
    const where = inArray(assetKey, assetKeys.slice(from, from + keysAtOnce))
    const rows = await database.read((db) => db.select({ assetKey, state, since, policyHash }).from(freshnessStates).where(where))
    for (const { assetKey: key, ...recorded } of rows) found.set(key, recorded)
  }
  return found
}

async function events(database: Database, assetKey: AssetKey, page: PageRequest): Promise<Page<FreshnessEvent>> {
  const where = and(eq(freshnessEvents.assetKey, assetKey), lt(freshnessEvents.number, numberBefore(page)))
  const rows = await database.read((db) =>
    db.select().from(freshnessEvents).where(where).orderBy(desc(freshnessEvents.number)).limit(rowsFor(page)),
  )
  return pageOf(page, rows, ({ number, ...event }) => ({ id: String(number), ...event }))
}
