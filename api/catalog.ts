import type { AssetKey } from '../definitions/asset-key.ts'
import { AssetryError } from '../definitions/errors.ts'
import { didYouMean } from '../definitions/nearest.ts'
import type { MetadataStore } from '../metadata/metadata-store.ts'
import type { CodeLocation } from '../metadata/stores/code-location-store.ts'
import { type AssetGraph, buildAssetGraph } from '../planning/asset-graph.ts'
import type { AssetSnapshot, JobSnapshot, ResourceSnapshot } from '../planning/snapshot.ts'

/** Something of a snapshot, with the code location it is from. */
export type Located<TItem> = TItem & { readonly codeLocation: string }

/**
 * The current definitions of all code locations as one. Where two have an asset or a job of the same name, the one of
 * the location whose name comes first counts.
 */
export interface Catalog {
  /** By name. */
  readonly codeLocations: readonly CodeLocation[]
  /** In the order of their keys. */
  readonly assets: ReadonlyMap<AssetKey, Located<AssetSnapshot>>
  readonly graph: AssetGraph
  /** In the order of their names. */
  readonly jobs: ReadonlyMap<string, Located<JobSnapshot>>
  /** In the order of their names; several locations may have one of the same name. */
  readonly resources: readonly Located<ResourceSnapshot>[]
}

/** Reads the catalog; parses snapshots again only when a location has registered another one. */
export function createCatalogReader({ codeLocations }: MetadataStore): () => Promise<Catalog> {
  let known: { readonly version: string; readonly catalog: Promise<Catalog> } | undefined
  return async () => {
    const version = JSON.stringify(await codeLocations.current())
    if (known?.version !== version) known = { version, catalog: codeLocations.list().then(catalogOf) }
    const reading = known
    try {
      return await reading.catalog
    } catch (error) {
      if (known === reading) known = undefined
      throw error
    }
  }
}

/** The catalog of these locations. */
export function catalogOf(locations: readonly CodeLocation[]): Catalog {
  const codeLocations = locations.toSorted(byText((location) => location.name))
  const assets = firstByName(
    codeLocations,
    (location) => location.snapshot.assets,
    (asset) => asset.key,
  )
  return {
    codeLocations,
    assets,
    graph: buildAssetGraph([...assets.values()]),
    jobs: firstByName(
      codeLocations,
      (location) => location.snapshot.jobs,
      (job) => job.name,
    ),
    resources: codeLocations
      .flatMap((location) => location.snapshot.resources.map((resource) => ({ ...resource, codeLocation: location.name })))
      .toSorted(byText((resource) => resource.name)),
  }
}

/** The asset of that key. @throws `UNKNOWN_ASSET` with the nearest keys */
export function assetOf(catalog: Catalog, key: AssetKey): Located<AssetSnapshot> {
  const asset = catalog.assets.get(key)
  if (asset !== undefined) return asset
  throw new AssetryError('UNKNOWN_ASSET', `There is no asset ${JSON.stringify(key)}. ${didYouMean(key, 'assets', catalog.assets.keys())}`, {
    facts: { key },
  })
}

/** The job of that name. @throws `UNKNOWN_JOB` with the nearest names */
export function jobOf(catalog: Catalog, name: string): Located<JobSnapshot> {
  const job = catalog.jobs.get(name)
  if (job !== undefined) return job
  throw new AssetryError('UNKNOWN_JOB', `There is no job ${JSON.stringify(name)}. ${didYouMean(name, 'jobs', catalog.jobs.keys())}`, {
    facts: { name },
  })
}

function firstByName<TItem extends object>(
  locations: readonly CodeLocation[],
  itemsOf: (location: CodeLocation) => readonly TItem[],
  nameOf: (item: TItem) => string,
): ReadonlyMap<string, Located<TItem>> {
  const found = new Map<string, Located<TItem>>()
  for (const location of locations) {
    for (const item of itemsOf(location)) {
      if (!found.has(nameOf(item))) found.set(nameOf(item), { ...item, codeLocation: location.name })
    }
  }
  return new Map([...found].toSorted(byText(([name]) => name)))
}

/** Orders by code units, as the cursors of `list-page.ts` compare. */
function byText<TItem>(textOf: (item: TItem) => string): (one: TItem, other: TItem) => number {
  return (one, other) => Number(textOf(one) > textOf(other)) - Number(textOf(one) < textOf(other))
}
