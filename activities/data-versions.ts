import type { AssetKey } from '../definitions/asset-key.ts'
import { groupedBy } from '../definitions/grouped-by.ts'
import { nameOfData, type VersionedData } from '../execution/step-host.ts'
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
    for (const { assetKey, dataVersion } of made)
      if (dataVersion !== null) versions.set(nameOfData({ assetKey, partitionKey }), dataVersion)
  }

  /** Whether this worker recorded a partition of an asset in a run. */
  isRecorded(runId: string, assetKey: AssetKey, partitionKey: string): boolean {
    return this.#runs.get(runId)?.has(nameOfData({ assetKey, partitionKey })) === true
  }

  /** The versions of these, in their order; null for what has none. */
  async of(runId: string, data: readonly VersionedData[]): Promise<readonly (string | null)[]> {
    const known = this.#runs.get(runId)
    const asked = await this.#asked(data.filter((each) => known?.has(nameOfData(each)) !== true))
    return data.map((each) => known?.get(nameOfData(each)) ?? asked.get(nameOfData(each)) ?? null)
  }

  /** Asks once for each partition of several assets, or for each asset of which there are several partitions. */
  async #asked(data: readonly VersionedData[]): Promise<ReadonlyMap<string, string>> {
    const found = new Map<string, string>()
    const { materializations, partitions } = this.#store
    const byAsset = [...groupedBy(data, ({ assetKey }) => assetKey)]
    const single = byAsset.flatMap(([, each]) => (each.length === 1 ? each : []))
    for (const [partitionKey, each] of groupedBy(single, (one) => one.partitionKey)) {
      const assetKeys = each.map(({ assetKey }) => assetKey)
      for (const [assetKey, version] of await materializations.dataVersions(assetKeys, partitionKey))
        found.set(nameOfData({ assetKey, partitionKey }), version)
    }
    for (const [assetKey, each] of byAsset) {
      if (each.length === 1) continue
      const keys = each.flatMap(({ partitionKey }) => partitionKey ?? [])
      for (const [partitionKey, version] of await partitions.dataVersions(assetKey, keys))
        found.set(nameOfData({ assetKey, partitionKey }), version)
    }
    return found
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
