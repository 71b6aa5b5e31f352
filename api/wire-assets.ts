import type { AssetKey } from '../definitions/asset-key.ts'
import { currentFreshness } from '../metadata/current-freshness.ts'
import type { MetadataStore } from '../metadata/metadata-store.ts'
import type { CheckEvaluation as StoredCheckEvaluation } from '../metadata/stores/check-store.ts'
import type {
  AssetStatus as StoredAssetStatus,
  Materialization as StoredMaterialization,
} from '../metadata/stores/materialization-store.ts'
import type { Observation as StoredObservation } from '../metadata/stores/observation-store.ts'
import type { AssetSnapshot, CheckSnapshot } from '../planning/snapshot.ts'
import type { Catalog, Located } from './catalog.ts'
import type { AssetCheck, CheckEvaluation } from './contract/asset-check.ts'
import type { Asset, AssetStatus } from './contract/asset.ts'
import type { Materialization } from './contract/materialization.ts'
import type { Observation } from './contract/observation.ts'
import { failedPartitions, wireFreshness, wireHealth } from './wire-health.ts'
import { plain } from './wire-json.ts'
import { catalogStaleness, wireStaleness } from './wire-staleness.ts'

/** A materialization as the API shows it. */
export function wireMaterialization({ time, ...facts }: StoredMaterialization): Materialization {
  return plain<Materialization>({ ...facts, time: time.toISOString() })
}

/** An observation as the API shows it. */
export function wireObservation({ time, ...facts }: StoredObservation): Observation {
  return plain<Observation>({ ...facts, time: time.toISOString() })
}

/** A check evaluation as the API shows it. */
export function wireEvaluation({ time, ...facts }: StoredCheckEvaluation): CheckEvaluation {
  return plain<CheckEvaluation>({ ...facts, time: time.toISOString() })
}

/** Assets as the API shows them: with the newest that is known of each and of its checks. */
export async function wireAssets(store: MetadataStore, catalog: Catalog, assets: readonly Located<AssetSnapshot>[]): Promise<Asset[]> {
  const keys = assets.map((asset) => asset.key)
  const [latest, evaluations, staleness, freshness, failed] = await Promise.all([
    latestStatuses(store, keys),
    store.checks.latest(keys),
    catalogStaleness(catalog, store),
    currentFreshness(store, assets),
    failedPartitions(store, assets),
  ])
  const found = new Map(evaluations.map((each) => [checkId(each.assetKey, each.checkName), each]))
  return assets.map((defined) => {
    const { graph: _, checks, ...asset } = defined
    const known = {
      latest: latest.get(asset.key) as AssetStatus,
      failedPartitions: failed.get(asset.key) ?? 0,
      freshness: freshness.found.get(asset.key),
      evaluationOf: (name: string) => found.get(checkId(asset.key, name)),
    }
    return plain<Asset>({
      ...asset,
      partitionMappings: asset.partitionMappings ?? {},
      selfMapping: asset.selfMapping ?? null,
      checks: checks.map((check) => wireCheck(check, known.evaluationOf(check.name))),
      staleness: wireStaleness(staleness.get(asset.key)),
      freshness: wireFreshness(known.freshness),
      health: wireHealth(defined, known),
      latest: known.latest,
    })
  })
}

function wireCheck(check: CheckSnapshot, latest: StoredCheckEvaluation | undefined): AssetCheck {
  return plain<AssetCheck>({ ...check, latest: latest === undefined ? null : wireEvaluation(latest) })
}

/** No key of an asset has a colon. */
function checkId(assetKey: AssetKey, name: string): string {
  return `${assetKey}:${name}`
}

/** The newest that is known of each asset; of every one that is asked for, also where it never ran. */
export async function latestStatuses(
  { materializations }: MetadataStore,
  keys: readonly AssetKey[],
): Promise<ReadonlyMap<AssetKey, AssetStatus>> {
  const [statuses, inProgress] = await Promise.all([materializations.latest(keys), materializations.inProgress()])
  const newest = new Map<AssetKey, StoredAssetStatus>()
  for (const status of statuses) {
    const other = newest.get(status.assetKey)
    if (other === undefined || other.updatedAt < status.updatedAt) newest.set(status.assetKey, status)
  }
  return new Map(keys.map((key) => [key, wireStatus(newest.get(key), inProgress.get(key) ?? null)]))
}

function wireStatus(status: StoredAssetStatus | undefined, inProgressRunId: string | null): AssetStatus {
  const last = status?.lastMaterialization
  return {
    status: status?.status ?? 'NEVER_MATERIALIZED',
    lastRunId: status?.lastRunId ?? null,
    updatedAt: status?.updatedAt.toISOString() ?? null,
    materializationCount: status?.materializationCount ?? 0,
    lastMaterialization: last ? wireMaterialization(last) : null,
    lastObservation: status?.lastObservation ? wireObservation(status.lastObservation) : null,
    dataVersion: status?.dataVersion ?? null,
    dataVersionAt: status?.dataVersionAt?.toISOString() ?? null,
    inProgressRunId,
  }
}
