import type { AssetKey } from '../definitions/asset-key.ts'
import { groupedBy } from '../definitions/grouped-by.ts'
import type { MetadataStore } from '../metadata/metadata-store.ts'

/** Runs whose versions a worker remembers. */
const keptRuns = 200

/**
 * The data versions of upstream assets. Those that this worker recorded in the same run are known; the others are asked of
 * the store. Where another run has made one of them meanwhile, the older version is recorded: the asset then counts as
 * stale although it may not be, never the other way round.
 */
export class DataVersions {
  readonly #store: MetadataStore
  readonly #runs = new Map<string, Map<AssetKey, string>>()

  constructor(store: MetadataStore) {
    this.#store = store
  }

  /** Remembers what a step of a run recorded. */
  recorded(runId: string, made: readonly { readonly assetKey: AssetKey; readonly dataVersion: string | null }[]): void {
    const versions = this.#runs.get(runId) ?? this.#begin(runId)
    for (const { assetKey, dataVersion } of made) if (dataVersion !== null) versions.set(assetKey, dataVersion)
  }

  /** The versions of these assets, or of the partitions of them that the run is for; null for one that has none. */
  async of(
    runId: string,
    assetKeys: readonly AssetKey[],
    partitionOf: (key: AssetKey) => string | null,
  ): Promise<Readonly<Record<AssetKey, string | null>>> {
    const known = this.#runs.get(runId)
    const unknown = assetKeys.filter((key) => known?.has(key) !== true)
    const asked = new Map<AssetKey, string>()
    for (const [partitionKey, keys] of groupedBy(unknown, partitionOf))
      for (const [key, version] of await this.#store.materializations.dataVersions(keys, partitionKey)) asked.set(key, version)
    return Object.fromEntries(assetKeys.map((key) => [key, known?.get(key) ?? asked.get(key) ?? null]))
  }

  #begin(runId: string): Map<AssetKey, string> {
    const versions = new Map<AssetKey, string>()
    this.#runs.set(runId, versions)
    const [oldest] = this.#runs.keys()
    if (this.#runs.size > keptRuns && oldest !== undefined) this.#runs.delete(oldest)
    return versions
  }
}
