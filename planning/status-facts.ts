import type { AssetKey } from '../definitions/asset-key.ts'
import type { StatusFacts } from '../definitions/selection-status.ts'
import type { SelectionStatus } from '../definitions/selection-syntax.ts'
import { type AssetStaleness, assetStaleness, type KnownVersions, type VersionedAsset } from './staleness.ts'

/** The newest that is known of an asset. */
export interface KnownAsset extends KnownVersions {
  /** How its newest step came out. `OBSERVED`: it was only ever looked at. */
  readonly status: 'MATERIALIZED' | 'FAILED' | 'OBSERVED'
}

/** What `status:` in a selection means for these assets just now. */
export function statusFacts(assets: readonly VersionedAsset[], known: ReadonlyMap<AssetKey, KnownAsset>): StatusFacts {
  const staleness = assetStaleness(assets, known)
  return new Map(
    assets.map(({ key, partitions }) => [
      key,
      // What is said of a whole says nothing of partitions.
      new Set(partitions ? [] : [...byVersions(staleness.get(key)), ...byNewestStep(known.get(key))]),
    ]),
  )
}

function byVersions(staleness: AssetStaleness | undefined): readonly SelectionStatus[] {
  switch (staleness?.status) {
    case 'MISSING':
      return ['missing']
    case 'STALE':
      return ['stale']
    case 'FRESH':
      return ['fresh']
    default:
      return []
  }
}

function byNewestStep(known: KnownAsset | undefined): readonly SelectionStatus[] {
  switch (known?.status) {
    case 'MATERIALIZED':
      return ['materialized']
    case 'FAILED':
      return ['failed']
    default:
      return []
  }
}
