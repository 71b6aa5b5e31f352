import { and, eq, inArray, ne, type SQL, sql } from 'drizzle-orm'
import type { AssetKey } from '../../definitions/asset-key.ts'
import type { Database } from '../database.ts'
import type { PartitionStore } from '../stores/partition-store.ts'
import { assetStatuses } from '../tables/asset-statuses.ts'
import { dynamicPartitions } from '../tables/dynamic-partitions.ts'
import { runs } from '../tables/runs.ts'
import { steps } from '../tables/steps.ts'
import { assetStatusRows } from './materialization-queries.ts'

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
    counts: async (assetKey, dynamicName) => {
      const { status } = assetStatuses
      const rows = await database.read((db) =>
        db
          .select({ status, count: sql<number>`count(*)::int` })
          .from(assetStatuses)
          .where(and(eq(assetStatuses.assetKey, assetKey), ne(assetStatuses.partitionKey, ''), amongDynamic(dynamicName)))
          .groupBy(status),
      )
      const countOf = (wanted: string): number => rows.find((row) => row.status === wanted)?.count ?? 0
      return { materialized: countOf('MATERIALIZED'), failed: countOf('FAILED'), observed: countOf('OBSERVED') }
    },
    inProgress: (assetKey) => inProgress(database, assetKey),
  }
}

function amongDynamic(name: string | undefined): SQL | undefined {
  const { name: ofName, key } = dynamicPartitions
  if (name === undefined) return undefined
  return sql`exists (select from ${dynamicPartitions} where ${ofName} = ${name} and ${key} = ${assetStatuses.partitionKey})`
}

async function inProgress(database: Database, assetKey: AssetKey): Promise<ReadonlyMap<string, string>> {
  const isOfAsset = sql`(${steps.assetKey} = ${assetKey} or ${assetKey} = any(${steps.assetKeys}))`
  const rows = await database.read((db) =>
    db
      .select({ partitionKey: runs.partitionKey, runId: runs.runId })
      .from(runs)
      .innerJoin(steps, eq(steps.runId, runs.runId))
      .where(
        and(
          inArray(runs.status, ['QUEUED', 'STARTED', 'CANCELING']),
          ne(runs.partitionKey, ''),
          eq(steps.status, 'STARTED'),
          sql`${steps.kind} is distinct from 'check'`,
          isOfAsset,
        ),
      ),
  )
  return new Map(rows.map((row) => [row.partitionKey, row.runId]))
}
