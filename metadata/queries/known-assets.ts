import { and, eq } from 'drizzle-orm'
import type { AssetKey } from '../../definitions/asset-key.ts'
import type { KnownAsset } from '../../planning/status-facts.ts'
import type { MadeFrom } from '../../planning/staleness.ts'
import type { Database } from '../database.ts'
import { assetStatuses } from '../tables/asset-statuses.ts'
import { materializations } from '../tables/materializations.ts'

/** Newest versions and outcomes of all assets, without what else their records hold. Those of partitions are left out. */
export async function knownAssets(database: Database): Promise<ReadonlyMap<AssetKey, KnownAsset>> {
  const newest = and(
    eq(materializations.runId, assetStatuses.lastMaterializationRunId),
    eq(materializations.seq, assetStatuses.lastMaterializationSeq),
  )
  const { assetKey, status, dataVersion, dataVersionAt } = assetStatuses
  const { codeVersion, inputVersions, time, durationMs } = materializations
  const rows = await database.read((db) =>
    db
      .select({ assetKey, status, dataVersion, dataVersionAt, made: { codeVersion, inputVersions, time, durationMs } })
      .from(assetStatuses)
      .leftJoin(materializations, newest)
      .where(eq(assetStatuses.partitionKey, '')),
  )
  return new Map(rows.map(({ assetKey: key, made, ...known }) => [key, { ...known, materialized: made && madeFrom(made) }]))
}

/** A materialization is recorded at its end; what it was made from, it had read after its beginning. */
function madeFrom({
  time,
  durationMs,
  ...versions
}: Omit<MadeFrom, 'begunAt'> & { readonly time: Date; readonly durationMs: number | null }): MadeFrom {
  return { ...versions, begunAt: new Date(time.getTime() - (durationMs ?? 0)) }
}
