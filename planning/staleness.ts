import type { AssetKey } from '../definitions/asset-key.ts'
import { buildAssetGraph } from './asset-graph.ts'
import type { AssetSnapshot } from './snapshot.ts'
import {
  codeCause,
  dataCause,
  dependencyCause,
  newerDataCause,
  type RootCauses,
  rootCausesOf,
  type StaleCause,
  upstreamCause,
} from './stale-cause.ts'

/** What of an asset's definition decides whether it is stale. */
export type VersionedAsset = Pick<AssetSnapshot, 'key' | 'upstreamKeys' | 'codeVersion' | 'origin' | 'partitions'>

/** The newest that is known of an asset, as far as versions go. */
export interface KnownVersions {
  /** Its newest materialization; null where there never was one. */
  readonly materialized: MadeFrom | null
  /** Version of its newest data, whether that was made or seen; null where the data has none, and where there is no data. */
  readonly dataVersion: string | null
  /** When the data became that; the same version again is no change. Null where there is no data. */
  readonly dataVersionAt: Date | null
}

/** What a materialization was made from. */
export interface MadeFrom {
  /** Null where it was reported from outside: then nothing is said of the code. */
  readonly codeVersion: string | null
  /** By upstream key; null for one that had none. Null as a whole where it isn't known what it was made from. */
  readonly inputVersions: Readonly<Record<AssetKey, string | null>> | null
  /** When it was begun. Decides where versions don't tell whether its inputs have changed since. */
  readonly begunAt: Date
}

/** Whether a run would make an asset anew, and why. */
export interface AssetStaleness {
  /** `NOT_APPLICABLE`: no run makes it, because it is external or observed; or it has partitions, each with a state of its own. */
  readonly status: 'MISSING' | 'STALE' | 'FRESH' | 'NOT_APPLICABLE'
  /** Of a stale asset: what is different with it first, what is upstream last. Empty for every other. */
  readonly causes: readonly StaleCause[]
}

/**
 * How the asset of each key stands, in time proportional to assets and edges. An asset is stale if its code, its upstream
 * assets or their data are not what it was made from, or if one of them is stale itself. The same data version again
 * makes nothing stale.
 *
 * @param known - what is known of them; an asset that is not in it was never materialized or seen
 * @throws `ASSET_CYCLE`
 */
export function assetStaleness(
  assets: readonly VersionedAsset[],
  known: ReadonlyMap<AssetKey, KnownVersions>,
): ReadonlyMap<AssetKey, AssetStaleness> {
  const byKey = new Map(assets.map((asset) => [asset.key, asset]))
  const partitioned = new Set(assets.flatMap(({ key, partitions }) => (partitions ? [key] : [])))
  const found = new Map<AssetKey, AssetStaleness>()
  const roots = new Map<AssetKey, RootCauses>()
  for (const key of buildAssetGraph(assets).order) {
    const staleness = stalenessOf(byKey.get(key) as VersionedAsset, { known, roots, partitioned })
    found.set(key, staleness)
    if (staleness.status === 'STALE') roots.set(key, rootCausesOf(staleness.causes))
  }
  return found
}

/** What an asset's staleness follows from, beside the asset. */
interface Upstream {
  readonly known: ReadonlyMap<AssetKey, KnownVersions>
  /** The root causes of what is stale upstream of it. */
  readonly roots: ReadonlyMap<AssetKey, RootCauses>
  /** Assets with partitions, whose versions are not known as a whole: that one of them has changed makes nothing stale. */
  readonly partitioned: ReadonlySet<AssetKey>
}

function stalenessOf(asset: VersionedAsset, { known, roots, partitioned }: Upstream): AssetStaleness {
  if (asset.origin === 'external' || asset.origin === 'observable' || asset.partitions) return { status: 'NOT_APPLICABLE', causes: [] }
  const made = known.get(asset.key)?.materialized ?? null
  if (made === null) return { status: 'MISSING', causes: [] }
  const upstreamKeys = [...new Set(asset.upstreamKeys)]
  const causes = [
    ...codeCauses(asset, made),
    ...dependencyCauses(asset.key, upstreamKeys, made),
    ...upstreamKeys.flatMap((key) => (partitioned.has(key) ? [] : dataCauses(asset.key, key, made, known.get(key)))),
    ...upstreamKeys.flatMap((key) => inheritedCauses(asset.key, key, roots.get(key))),
  ]
  return { status: causes.length > 0 ? 'STALE' : 'FRESH', causes }
}

function codeCauses({ key, codeVersion }: VersionedAsset, made: MadeFrom): readonly StaleCause[] {
  if (codeVersion === null || made.codeVersion === null || codeVersion === made.codeVersion) return []
  return [codeCause(key, made.codeVersion, codeVersion)]
}

function dependencyCauses(assetKey: AssetKey, upstreamKeys: readonly AssetKey[], { inputVersions }: MadeFrom): readonly StaleCause[] {
  if (inputVersions === null) return []
  const needed = new Set(upstreamKeys)
  const added = upstreamKeys.filter((key) => !Object.hasOwn(inputVersions, key))
  const removed = Object.keys(inputVersions).filter((key) => !needed.has(key))
  return [
    ...added.map((key) => dependencyCause(assetKey, key, 'ADDED')),
    ...removed.map((key) => dependencyCause(assetKey, key, 'REMOVED')),
  ]
}

function dataCauses(assetKey: AssetKey, upstreamKey: AssetKey, made: MadeFrom, upstream: KnownVersions | undefined): readonly StaleCause[] {
  const { inputVersions, begunAt } = made
  if (inputVersions !== null && !Object.hasOwn(inputVersions, upstreamKey)) return []
  const was = inputVersions?.[upstreamKey] ?? null
  const is = upstream?.dataVersion ?? null
  if (inputVersions !== null && was !== is) return [dataCause(assetKey, upstreamKey, was, is)]
  const came = upstream?.dataVersionAt ?? null
  const isNewer = was === null && came !== null && came > begunAt
  return isNewer ? [newerDataCause(assetKey, upstreamKey, { made: begunAt, came })] : []
}

function inheritedCauses(assetKey: AssetKey, upstreamKey: AssetKey, roots: RootCauses | undefined): readonly StaleCause[] {
  return roots === undefined ? [] : [upstreamCause(assetKey, upstreamKey, roots)]
}
