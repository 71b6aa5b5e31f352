import type { AssetKey } from '../definitions/asset-key.ts'
import type { StatusFacts } from '../definitions/selection-status.ts'
import type { MetadataStore } from '../metadata/metadata-store.ts'
import { type AssetStaleness, assetStaleness } from '../planning/staleness.ts'
import { statusFacts } from '../planning/status-facts.ts'
import type { Catalog } from './catalog.ts'
import type { Staleness } from './contract/staleness.ts'
import { plain } from './wire-json.ts'

/** Causes that are shown of one asset; an asset that needs thousands of stale ones has as many. */
const shownCauses = 20

/** How every asset of the catalog stands by its versions. */
export async function catalogStaleness({ assets }: Catalog, store: MetadataStore): Promise<ReadonlyMap<AssetKey, AssetStaleness>> {
  return assetStaleness([...assets.values()], await store.materializations.known())
}

/** What `status:` means for the assets of the catalog just now. */
export async function catalogFacts({ assets }: Catalog, store: MetadataStore): Promise<StatusFacts> {
  return statusFacts([...assets.values()], await store.materializations.known())
}

/** The staleness of an asset as the API shows it. */
export function wireStaleness(staleness: AssetStaleness | undefined): Staleness {
  if (staleness === undefined) return { status: 'MISSING', causes: [], moreCauses: false }
  const { status, causes } = staleness
  return { status, causes: plain<Staleness['causes']>(causes.slice(0, shownCauses)), moreCauses: causes.length > shownCauses }
}
