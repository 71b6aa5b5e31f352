import { and, asc, desc, eq, inArray, lt } from 'drizzle-orm'
import type { AssetKey } from '../../definitions/asset-key.ts'
import type { Database } from '../database.ts'
import type { AssetStatus, Materialization, MaterializationStore } from '../metadata-store.ts'
import { numberBefore, pageOf, rowsFor } from '../page-cursor.ts'
import { assetStatuses } from '../tables/asset-statuses.ts'
import { materializations } from '../tables/materializations.ts'
import { runs } from '../tables/runs.ts'
import { steps } from '../tables/steps.ts'

export function materializationStore(database: Database): MaterializationStore {
  return {
    list: async (assetKey, page) => {
      const where = and(eq(materializations.assetKey, assetKey), lt(materializations.number, numberBefore(page)))
      const rows = await database.read((db) =>
        db.select(columns).from(materializations).where(where).orderBy(desc(materializations.number)).limit(rowsFor(page)),
      )
      return pageOf(page, rows, materializationOf)
    },
    ofRun: async (runId) => {
      const where = eq(materializations.runId, runId)
      const rows = await database.read((db) => db.select(columns).from(materializations).where(where).orderBy(asc(materializations.seq)))
      return rows.map(materializationOf)
    },
    latest: (assetKeys) => latest(database, assetKeys),
    inProgress: () => inProgress(database),
  }
}

async function latest(database: Database, assetKeys: readonly AssetKey[] | undefined): Promise<readonly AssetStatus[]> {
  const newest = and(
    eq(materializations.runId, assetStatuses.lastMaterializationRunId),
    eq(materializations.seq, assetStatuses.lastMaterializationSeq),
  )
  const rows = await database.read((db) =>
    db
      .select({ status: assetStatuses, materialization: columns })
      .from(assetStatuses)
      .leftJoin(materializations, newest)
      .where(assetKeys && inArray(assetStatuses.assetKey, [...assetKeys]))
      .orderBy(asc(assetStatuses.assetKey), asc(assetStatuses.partitionKey)),
  )
  return rows.map(({ status, materialization }) => ({
    assetKey: status.assetKey,
    partitionKey: status.partitionKey || null,
    status: status.status,
    lastRunId: status.lastRunId,
    updatedAt: status.updatedAt,
    lastMaterialization: materialization && materializationOf(materialization),
    materializationCount: status.materializationCount,
  }))
}

async function inProgress(database: Database): Promise<ReadonlyMap<AssetKey, string>> {
  // By way of the open runs, which are few: steps have no index on status, so that a step's end is written in place.
  const rows = await database.read((db) =>
    db
      .select({ assetKey: steps.assetKey, runId: steps.runId })
      .from(runs)
      .innerJoin(steps, eq(steps.runId, runs.runId))
      .where(and(inArray(runs.status, ['QUEUED', 'STARTED', 'CANCELING']), eq(steps.status, 'STARTED')))
      .orderBy(asc(runs.number)),
  )
  return new Map(rows.map(({ assetKey, runId }) => [assetKey, runId]))
}

const columns = {
  number: materializations.number,
  runId: materializations.runId,
  stepKey: materializations.stepKey,
  assetKey: materializations.assetKey,
  partitionKey: materializations.partitionKey,
  time: materializations.time,
  durationMs: materializations.durationMs,
  metadata: materializations.metadata,
  tags: materializations.tags,
  codeVersion: materializations.codeVersion,
  dataVersion: materializations.dataVersion,
}

function materializationOf({ number, partitionKey, ...row }: Omit<Materialization, 'id'> & { readonly number: number }): Materialization {
  return { ...row, id: String(number), partitionKey: partitionKey || null }
}
