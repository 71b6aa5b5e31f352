import { and, asc, desc, eq, inArray, lt } from 'drizzle-orm'
import type { AssetKey } from '../../definitions/asset-key.ts'
import type { Database } from '../database.ts'
import type { CheckEvaluation, CheckStore } from '../stores/check-store.ts'
import { numberBefore, pageOf, rowsFor } from '../page-cursor.ts'
import { placed, type PlacedRow } from '../recorded-place.ts'
import { checkEvaluations as evaluations, checkStatuses } from '../tables/check-evaluations.ts'

export function checkStore(database: Database): CheckStore {
  return {
    latest: (assetKeys) => latest(database, assetKeys),
    list: async ({ assetKey, checkName }, page) => {
      const ofCheck = and(eq(evaluations.assetKey, assetKey), eq(evaluations.checkName, checkName))
      const where = and(ofCheck, lt(evaluations.number, numberBefore(page)))
      const rows = await database.read((db) =>
        db.select(columns).from(evaluations).where(where).orderBy(desc(evaluations.number)).limit(rowsFor(page)),
      )
      return pageOf(page, rows, evaluationOf)
    },
    ofRun: async (runId) => {
      const where = eq(evaluations.runId, runId)
      const rows = await database.read((db) => db.select(columns).from(evaluations).where(where).orderBy(asc(evaluations.seq)))
      return rows.map(evaluationOf)
    },
  }
}

async function latest(database: Database, assetKeys: readonly AssetKey[] | undefined): Promise<readonly CheckEvaluation[]> {
  const newest = and(eq(evaluations.runId, checkStatuses.lastRunId), eq(evaluations.seq, checkStatuses.lastSeq))
  const rows = await database.read((db) =>
    db
      .select(columns)
      .from(checkStatuses)
      .innerJoin(evaluations, newest)
      .where(assetKeys && inArray(checkStatuses.assetKey, [...assetKeys]))
      .orderBy(asc(checkStatuses.assetKey), asc(checkStatuses.checkName)),
  )
  return rows.map(evaluationOf)
}

const columns = {
  number: evaluations.number,
  runId: evaluations.runId,
  stepKey: evaluations.stepKey,
  assetKey: evaluations.assetKey,
  checkName: evaluations.checkName,
  partitionKey: evaluations.partitionKey,
  time: evaluations.time,
  passed: evaluations.passed,
  severity: evaluations.severity,
  blocking: evaluations.blocking,
  description: evaluations.description,
  metadata: evaluations.metadata,
  materialization: evaluations.materialization,
}

type Row = Omit<CheckEvaluation, 'id' | 'materializationId' | keyof PlacedRow> & PlacedRow & { readonly materialization: number | null }

function evaluationOf({ materialization, ...row }: Row): CheckEvaluation {
  return { ...placed(row), materializationId: materialization === null ? null : String(materialization) }
}
