import type { AssetKey } from '../definitions/asset-key.ts'
import { isAssetryError } from '../definitions/errors.ts'
import type { MetadataStore } from '../metadata/metadata-store.ts'
import { needsStatus, resolveSelection } from '../planning/selection.ts'
import type { Catalog } from './catalog.ts'
import { catalogFacts } from './wire-staleness.ts'

/**
 * The keys that a selection means among the assets of the catalog, each after those it needs.
 *
 * @throws `SELECTION_SYNTAX`, `UNKNOWN_ASSET`, `EMPTY_SELECTION`, `NOTHING_TO_DO`
 */
export async function selectedAssets(store: MetadataStore, catalog: Catalog, selection: string): Promise<readonly AssetKey[]> {
  const facts = needsStatus(selection) ? await catalogFacts(catalog, store) : undefined
  return resolveSelection([...catalog.assets.values()], selection, facts)
}

/** The same for a list, where a selection that nothing matches is an answer and no mistake. */
export async function selectedOrNone(store: MetadataStore, catalog: Catalog, selection: string): Promise<ReadonlySet<AssetKey>> {
  try {
    return new Set(await selectedAssets(store, catalog, selection))
  } catch (error) {
    if (isAssetryError(error) && (error.code === 'EMPTY_SELECTION' || error.code === 'NOTHING_TO_DO')) return new Set()
    throw error
  }
}
