import type { AssetKey } from '../definitions/asset-key.ts'
import { groupedBy } from '../definitions/grouped-by.ts'
import type { MetadataStore } from '../metadata/metadata-store.ts'

/** Runs whose versions a worker remembers. */
const keptRuns = 200

/** Versions of runs of many partitions that a worker remembers in all, about 100 bytes each. */
const keptVersions = 200_000

/**
 * The data versions of upstream assets. Those that this worker recorded in the same run are known; the others are asked of
 * the store. Where another run has made one of them meanwhile, the older version is recorded: the asset then counts as
 * stale although it may not be, never the other way round.
 */
export class DataVersions {
  readonly #store: MetadataStore
  readonly #runs = new Map<string, Map<string, string>>()

  constructor(store: MetadataStore) {
    this.#store = store
  }

  /** Remembers what a step of a run recorded. */
  recorded(
    runId: string,
    made: readonly { readonly assetKey: AssetKey; readonly dataVersion: string | null }[],
    partitionKey: string | null,
  ): void {
    const versions = this.#runs.get(runId) ?? this.#begin(runId)
    for (const { assetKey, dataVersion } of made) if (dataVersion !== null) versions.set(placeOf(assetKey, partitionKey), dataVersion)
  }

  /** Whether this worker recorded a partition of an asset in a run. */
  isRecorded(runId: string, assetKey: AssetKey, partitionKey: string): boolean {
    return this.#runs.get(runId)?.has(placeOf(assetKey, partitionKey)) === true
  }

  /** The versions of these assets, or of the partitions of them that the run is for; null for one that has none. */
  async of(
    runId: string,
    assetKeys: readonly AssetKey[],
    partitionOf: (key: AssetKey) => string | null,
  ): Promise<Readonly<Record<AssetKey, string | null>>> {
    const known = this.#runs.get(runId)
    const knownOf = (key: AssetKey): string | undefined => known?.get(placeOf(key, partitionOf(key)))
    const unknown = assetKeys.filter((key) => knownOf(key) === undefined)
    const asked = new Map<AssetKey, string>()
    for (const [partitionKey, keys] of groupedBy(unknown, partitionOf))
      for (const [key, version] of await this.#store.materializations.dataVersions(keys, partitionKey)) asked.set(key, version)
    return Object.fromEntries(assetKeys.map((key) => [key, knownOf(key) ?? asked.get(key) ?? null]))
  }

  #begin(runId: string): Map<string, string> {
    const versions = new Map<string, string>()
    this.#runs.set(runId, versions)
    for (const oldest of this.#runs.keys()) {
      const count = [...this.#runs.values()].reduce((sum, each) => sum + each.size, 0)
      if (this.#runs.size <= keptRuns && count <= keptVersions) break
      if (oldest !== runId) this.#runs.delete(oldest)
    }
    return versions
  }
}

/** A partition of an asset, or the whole of one, as a key. */
function placeOf(assetKey: AssetKey, partitionKey: string | null): string {
  return partitionKey === null ? assetKey : `${assetKey}\0${partitionKey}`
}
