import type { AssetKey } from '../definitions/asset-key.ts'
import type { MadeFrom } from '../planning/staleness.ts'
import type { KnownAsset } from '../planning/status-facts.ts'
import type { AssetStatus, Materialization } from './metadata-store.ts'

/** Latest statuses by key, as planning looks at them. Those of partitions are left out. */
export function knownAssets(statuses: readonly AssetStatus[]): ReadonlyMap<AssetKey, KnownAsset> {
  return new Map(statuses.filter((each) => each.partitionKey === null).map((each) => [each.assetKey, knownAsset(each)]))
}

function knownAsset({ status, lastMaterialization, dataVersion, dataVersionAt }: AssetStatus): KnownAsset {
  return { status, materialized: lastMaterialization && madeFrom(lastMaterialization), dataVersion, dataVersionAt }
}

/** A materialization is recorded at its end; what it was made from, it had read after its beginning. */
function madeFrom({ codeVersion, inputVersions, time, durationMs }: Materialization): MadeFrom {
  return { codeVersion, inputVersions, begunAt: new Date(time.getTime() - (durationMs ?? 0)) }
}
