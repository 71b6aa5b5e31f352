import type { AssetKey } from '../definitions/asset-key.ts'
import type { CurrentFreshness } from '../metadata/current-freshness.ts'
import type { MetadataStore } from '../metadata/metadata-store.ts'
import type { CheckEvaluation } from '../metadata/stores/check-store.ts'
import type { FreshnessEvent as StoredFreshnessEvent } from '../metadata/stores/freshness-store.ts'
import { assetHealth } from '../planning/asset-health.ts'
import type { AssetSnapshot } from '../planning/snapshot.ts'
import type { AssetHealth } from './contract/asset-health.ts'
import type { AssetStatus } from './contract/asset.ts'
import type { Freshness, FreshnessEvent } from './contract/freshness.ts'
import { plain } from './wire-json.ts'

/** What there is to know of an asset's health beside its definition. */
export interface KnownHealth {
  readonly latest: AssetStatus
  readonly failedPartitions: number
  readonly freshness: CurrentFreshness | undefined
  readonly evaluationOf: (checkName: string) => CheckEvaluation | undefined
}

/** The health of an asset as the API shows it. */
export function wireHealth({ origin, checks }: AssetSnapshot, known: KnownHealth): AssetHealth {
  const { status } = known.latest
  const health = assetHealth({
    origin,
    status: status === 'NEVER_MATERIALIZED' ? undefined : status,
    failedPartitions: known.failedPartitions,
    checks: checks.map(({ name }) => ({ name, latest: known.evaluationOf(name) })),
    freshness: known.freshness,
  })
  return plain<AssetHealth>(health)
}

/** Of how many partitions that there are the newest step failed, by asset; those that have none are left out. */
export async function failedPartitions(
  { partitions }: MetadataStore,
  assets: readonly AssetSnapshot[],
): Promise<ReadonlyMap<AssetKey, number>> {
  const partitioned = new Map(assets.filter((asset) => asset.partitions !== null).map((asset) => [asset.key, asset.partitions]))
  const failed = await partitions.failed([...partitioned.keys()])
  const existing = [...failed].map(async ([key, count]) => {
    const spec = partitioned.get(key)
    // Of keys that were removed the records are kept.
    return [key, spec?.kind === 'dynamic' ? (await partitions.counts(key, spec.name)).failed : count] as const
  })
  return new Map(await Promise.all(existing))
}

/** How fresh an asset is, as the API shows it; null where it has no policy. */
export function wireFreshness(freshness: CurrentFreshness | undefined): Freshness | null {
  if (freshness === undefined) return null
  const { policy, state, reason, nextChangeAt, updatedAt, recorded } = freshness
  const isRecorded = recorded?.state === state && recorded.policyHash === freshness.policyHash
  const since = isRecorded ? recorded.since : freshness.since
  return plain<Freshness>({
    policy,
    state,
    since: since?.toISOString() ?? null,
    reason,
    nextChangeAt: nextChangeAt?.toISOString() ?? null,
    lastUpdatedAt: updatedAt?.toISOString() ?? null,
  })
}

/** A change of freshness as the API shows it. */
export function wireFreshnessEvent({ time, ...facts }: StoredFreshnessEvent): FreshnessEvent {
  return { ...facts, time: time.toISOString() }
}
