import { and, eq, gt, inArray, isNotNull, ne, or, type SQL, sql } from 'drizzle-orm'
import type { AssetKey } from '../../definitions/asset-key.ts'
import type { Database } from '../database.ts'
import type { PartitionStore, StepOfPartitions } from '../stores/partition-store.ts'
import { assetStatuses } from '../tables/asset-statuses.ts'
import { partitionFailures } from '../tables/backfills.ts'
import { materializations } from '../tables/materializations.ts'
import { partitionCounts } from '../tables/partition-counts.ts'
import { dynamicPartitions } from '../tables/dynamic-partitions.ts'
import { runs } from '../tables/runs.ts'
import { steps } from '../tables/steps.ts'
import { assetStatusRows } from './materialization-queries.ts'

/** Keys that one statement names. PostgreSQL takes 65,535 values. */
const keysAtOnce = 10_000

export function partitionStore(database: Database): PartitionStore {
  return {
    statuses: (assetKey, partitionKeys) =>
      assetStatusRows(
        database,
        and(
          eq(assetStatuses.assetKey, assetKey),
          inArray(
            assetStatuses.partitionKey,
            partitionKeys.map((key) => key ?? ''),
          ),
        ),
      ),
    dataVersions: (assetKey, partitionKeys) => dataVersions(database, assetKey, partitionKeys),
    counts: async (assetKey, dynamicName) => {
      const { status, count } = partitionCounts
      const known = (): Promise<readonly StatusCount[]> =>
        database.read((db) => db.select({ status, count }).from(partitionCounts).where(eq(partitionCounts.assetKey, assetKey)))
      const rows = dynamicName === undefined ? await known() : await countsAmong(database, assetKey, dynamicName)
      const countOf = (wanted: string): number => rows.find((row) => row.status === wanted)?.count ?? 0
      return { materialized: countOf('MATERIALIZED'), failed: countOf('FAILED'), observed: countOf('OBSERVED') }
    },
    failed: (assetKeys) => failed(database, assetKeys),
    inProgress: (assetKey) => inProgress(database, assetKey),
  }
}

function amongDynamic(name: string): SQL {
  const { name: ofName, key } = dynamicPartitions
  return sql`exists (select from ${dynamicPartitions} where ${ofName} = ${name} and ${key} = ${assetStatuses.partitionKey})`
}

interface StatusCount {
  readonly status: string
  readonly count: number
}

/** Counts of what is among the keys of dynamic partitions by now. */
function countsAmong(database: Database, assetKey: AssetKey, dynamicName: string): Promise<readonly StatusCount[]> {
  const { status } = assetStatuses
  return database.read((db) =>
    db
      .select({ status, count: sql<number>`count(*)::int` })
      .from(assetStatuses)
      .where(and(eq(assetStatuses.assetKey, assetKey), ne(assetStatuses.partitionKey, ''), amongDynamic(dynamicName)))
      .groupBy(status),
  )
}

async function failed(database: Database, assetKeys: readonly AssetKey[]): Promise<ReadonlyMap<AssetKey, number>> {
  if (assetKeys.length === 0) return new Map()
  const { assetKey, status, count } = partitionCounts
  const where = and(inArray(assetKey, [...assetKeys]), eq(status, 'FAILED'), gt(count, 0))
  const rows = await database.read((db) => db.select({ assetKey, count }).from(partitionCounts).where(where))
  return new Map(rows.map((row) => [row.assetKey, row.count]))
}

async function dataVersions(database: Database, asset: AssetKey, keys: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const { assetKey, partitionKey, dataVersion } = assetStatuses
  const found = new Map<string, string>()
  for (let from = 0; from < keys.length; from += keysAtOnce) {
    const some = keys.slice(from, from + keysAtOnce)
    const where = and(eq(assetKey, asset), inArray(partitionKey, some), isNotNull(dataVersion))
    const rows = await database.read((db) => db.select({ partitionKey, dataVersion }).from(assetStatuses).where(where))
    for (const row of rows) found.set(row.partitionKey, row.dataVersion ?? '')
  }
  return found
}

async function inProgress(database: Database, assetKey: AssetKey): Promise<readonly StepOfPartitions[]> {
  const isOfAsset = sql`(${steps.assetKey} = ${assetKey} or ${assetKey} = any(${steps.assetKeys}))`
  const ofStep = (table: typeof materializations | typeof partitionFailures): SQL =>
    sql`(select count(*) from ${table} where ${table.runId} = ${steps.runId} and ${table.stepKey} = ${steps.stepKey} and ${table.assetKey} = ${assetKey})`
  const rows = await database.read((db) =>
    db
      .select({
        runId: runs.runId,
        partitionKey: runs.partitionKey,
        partitions: steps.partitions,
        recorded: sql<number>`(${ofStep(materializations)} + ${ofStep(partitionFailures)})::int`,
      })
      .from(runs)
      .innerJoin(steps, eq(steps.runId, runs.runId))
      .where(
        and(
          inArray(runs.status, ['QUEUED', 'STARTED', 'CANCELING']),
          eq(steps.status, 'STARTED'),
          sql`${steps.kind} is distinct from 'check'`,
          or(ne(runs.partitionKey, ''), isNotNull(steps.partitions)),
          isOfAsset,
        ),
      ),
  )
  return rows.map(({ runId, partitionKey, partitions, recorded }) => ({ runId, partitions: partitions ?? [partitionKey], recorded }))
}
