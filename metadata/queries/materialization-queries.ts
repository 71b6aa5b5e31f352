import { and, asc, desc, eq, inArray, isNotNull, lt, type SQL, sql } from 'drizzle-orm'
import { QueryBuilder } from 'drizzle-orm/pg-core'
import type { AssetKey } from '../../definitions/asset-key.ts'
import type { Database } from '../database.ts'
import type { AssetStatus, MaterializationStore, MetadataPoint } from '../stores/materialization-store.ts'
import { numberBefore, pageOf, rowsFor } from '../page-cursor.ts'
import { placed, runIdOf } from '../recorded-place.ts'
import { assetStatuses } from '../tables/asset-statuses.ts'
import { materializations } from '../tables/materializations.ts'
import { observations } from '../tables/observations.ts'
import { runs } from '../tables/runs.ts'
import { steps } from '../tables/steps.ts'
import { knownAssets } from './known-assets.ts'
import { observationColumns } from './observation-queries.ts'

export function materializationStore(database: Database): MaterializationStore {
  return {
    list: async (assetKey, page) => {
      const where = and(eq(materializations.assetKey, assetKey), lt(materializations.number, numberBefore(page)))
      const rows = await database.read((db) =>
        db.select(columns).from(materializations).where(where).orderBy(desc(materializations.number)).limit(rowsFor(page)),
      )
      return pageOf(page, rows, placed)
    },
    ofRun: async (runId) => {
      const where = eq(materializations.runId, runId)
      const rows = await database.read((db) => db.select(columns).from(materializations).where(where).orderBy(asc(materializations.seq)))
      return rows.map(placed)
    },
    series: (assetKey, name, limit) => series(database, assetKey, name, limit),
    latest: (assetKeys) => latest(database, assetKeys),
    known: () => knownAssets(database),
    dataVersions: (assetKeys, partition = null) => dataVersions(database, assetKeys, partition),
    inProgress: () => inProgress(database),
  }
}

async function latest(database: Database, assetKeys: readonly AssetKey[] | undefined): Promise<readonly AssetStatus[]> {
  const { assetKey, partitionKey, updatedAt } = assetStatuses
  const newest = new QueryBuilder()
    .selectDistinctOn([assetKey], { assetKey, partitionKey })
    .from(assetStatuses)
    .where(assetKeys && inArray(assetKey, [...assetKeys]))
    .orderBy(asc(assetKey), desc(updatedAt))
  return assetStatusRows(database, sql`(${assetKey}, ${partitionKey}) in ${newest}`)
}

/** The latest statuses that a condition picks, by key and partition. */
export async function assetStatusRows(database: Database, where: SQL | undefined): Promise<readonly AssetStatus[]> {
  const newest = and(
    eq(materializations.runId, assetStatuses.lastMaterializationRunId),
    eq(materializations.seq, assetStatuses.lastMaterializationSeq),
  )
  const lastLook = and(eq(observations.runId, assetStatuses.lastObservationRunId), eq(observations.seq, assetStatuses.lastObservationSeq))
  const rows = await database.read((db) =>
    db
      .select({ status: assetStatuses, materialization: columns, observation: observationColumns })
      .from(assetStatuses)
      .leftJoin(materializations, newest)
      .leftJoin(observations, lastLook)
      .where(where)
      .orderBy(asc(assetStatuses.assetKey), asc(assetStatuses.partitionKey)),
  )
  return rows.map(({ status, materialization, observation }) => ({
    assetKey: status.assetKey,
    partitionKey: status.partitionKey || null,
    status: status.status,
    lastRunId: runIdOf(status.lastRunId),
    updatedAt: status.updatedAt,
    lastMaterialization: materialization && placed(materialization),
    materializationCount: status.materializationCount,
    lastObservation: observation && placed(observation),
    dataVersion: status.dataVersion,
    dataVersionAt: status.dataVersionAt,
  }))
}

async function dataVersions(
  database: Database,
  assetKeys: readonly AssetKey[],
  partition: string | null,
): Promise<ReadonlyMap<AssetKey, string>> {
  const { assetKey, partitionKey, dataVersion } = assetStatuses
  const rows = await database.read((db) =>
    db
      .select({ assetKey, dataVersion })
      .from(assetStatuses)
      .where(and(inArray(assetKey, [...assetKeys]), eq(partitionKey, partition ?? ''), isNotNull(dataVersion))),
  )
  return new Map(rows.map((row) => [row.assetKey, row.dataVersion ?? '']))
}

async function inProgress(database: Database): Promise<ReadonlyMap<AssetKey, string>> {
  // By way of the open runs, which are few: steps have no index on status, so that a step's end is written in place.
  const rows = await database.read((db) =>
    db
      .select({ assetKey: steps.assetKey, assetKeys: steps.assetKeys, runId: steps.runId })
      .from(runs)
      .innerJoin(steps, eq(steps.runId, runs.runId))
      .where(and(inArray(runs.status, ['QUEUED', 'STARTED', 'CANCELING']), eq(steps.status, 'STARTED'), isNoCheck))
      .orderBy(asc(runs.number)),
  )
  return new Map(
    rows.flatMap(({ assetKey, assetKeys, runId }) =>
      [...(assetKeys ?? []), ...(assetKey === null ? [] : [assetKey])].map((key) => [key, runId]),
    ),
  )
}

const isNoCheck = sql`${steps.kind} is distinct from 'check'`

async function series(database: Database, assetKey: AssetKey, name: string, limit: number): Promise<readonly MetadataPoint[]> {
  const { number, runId, stepKey, partitionKey, time, metadata } = materializations
  const isNumber = sql`${metadata} -> ${name}::text ->> 'type' in ('int', 'float')`
  const value = sql<number>`(${metadata} -> ${name}::text ->> 'value')::float8`
  const rows = await database.read((db) =>
    db
      .select({ number, runId, stepKey, partitionKey, time, value })
      .from(materializations)
      .where(and(eq(materializations.assetKey, assetKey), isNumber))
      .orderBy(desc(number))
      .limit(limit),
  )
  return rows.toReversed().map((row) => {
    const { id, runId: run, partitionKey: partition } = placed(row)
    return { materializationId: id, runId: run, partitionKey: partition, time: row.time, value: row.value }
  })
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
  inputVersions: materializations.inputVersions,
}
