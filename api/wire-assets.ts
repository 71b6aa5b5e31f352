import type { AssetKey } from '../definitions/asset-key.ts'
import type * as Stored from '../metadata/metadata-store.ts'
import type { AssetSnapshot } from '../planning/snapshot.ts'
import type { Located } from './catalog.ts'
import type { Asset, AssetStatus } from './contract/asset.ts'
import type { Materialization } from './contract/materialization.ts'
import { plain } from './wire-json.ts'

/** A materialization as the API shows it. */
export function wireMaterialization({ time, ...facts }: Stored.Materialization): Materialization {
  return plain<Materialization>({ ...facts, time: time.toISOString() })
}

/** An asset as the API shows it. */
export function wireAsset(asset: Located<AssetSnapshot>, latest: AssetStatus): Asset {
  return plain<Asset>({ ...asset, latest })
}

/** The newest that is known of each asset; of every one that is asked for, also where it never ran. */
export async function latestStatuses(
  { materializations }: Stored.MetadataStore,
  keys: readonly AssetKey[],
): Promise<ReadonlyMap<AssetKey, AssetStatus>> {
  const [statuses, inProgress] = await Promise.all([materializations.latest(keys), materializations.inProgress()])
  const newest = new Map<AssetKey, Stored.AssetStatus>()
  for (const status of statuses) {
    const other = newest.get(status.assetKey)
    if (other === undefined || other.updatedAt < status.updatedAt) newest.set(status.assetKey, status)
  }
  return new Map(keys.map((key) => [key, wireStatus(newest.get(key), inProgress.get(key) ?? null)]))
}

function wireStatus(status: Stored.AssetStatus | undefined, inProgressRunId: string | null): AssetStatus {
  const last = status?.lastMaterialization
  return {
    status: status?.status ?? 'NEVER_MATERIALIZED',
    lastRunId: status?.lastRunId ?? null,
    updatedAt: status?.updatedAt.toISOString() ?? null,
    materializationCount: status?.materializationCount ?? 0,
    lastMaterialization: last ? wireMaterialization(last) : null,
    inProgressRunId,
  }
}
