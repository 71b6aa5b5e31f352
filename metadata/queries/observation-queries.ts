import { and, asc, desc, eq, lt } from 'drizzle-orm'
import type { Database } from '../database.ts'
import type { ObservationStore } from '../stores/observation-store.ts'
import { numberBefore, pageOf, rowsFor } from '../page-cursor.ts'
import { placed } from '../recorded-place.ts'
import { observations } from '../tables/observations.ts'

export function observationStore(database: Database): ObservationStore {
  return {
    list: async (assetKey, page) => {
      const where = and(eq(observations.assetKey, assetKey), lt(observations.number, numberBefore(page)))
      const rows = await database.read((db) =>
        db.select(observationColumns).from(observations).where(where).orderBy(desc(observations.number)).limit(rowsFor(page)),
      )
      return pageOf(page, rows, placed)
    },
    ofRun: async (runId) => {
      const where = eq(observations.runId, runId)
      const rows = await database.read((db) => db.select(observationColumns).from(observations).where(where).orderBy(asc(observations.seq)))
      return rows.map(placed)
    },
  }
}

/** What is read of an observation. */
export const observationColumns = {
  number: observations.number,
  runId: observations.runId,
  stepKey: observations.stepKey,
  assetKey: observations.assetKey,
  partitionKey: observations.partitionKey,
  time: observations.time,
  metadata: observations.metadata,
  tags: observations.tags,
  dataVersion: observations.dataVersion,
}
