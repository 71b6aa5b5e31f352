import type { AssetKey } from '../definitions/asset-key.ts'
import { groupedBy } from '../definitions/grouped-by.ts'
import type { VersionedData } from '../execution/step-host.ts'
import type { MetadataStore } from '../metadata/metadata-store.ts'
import type { Run } from '../metadata/stores/run-store.ts'

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

  /** The versions of these, in their order; null for what has none. */
  async of(run: Pick<Run, 'runId' | 'partitionKey'>, data: readonly VersionedData[]): Promise<readonly (string | null)[]> {
    const known = this.#runs.get(run.runId)
    const isKnown = ({ assetKey, partitionKey }: VersionedData): boolean =>
      (partitionKey === null || partitionKey === run.partitionKey) && known?.has(assetKey) === true
    const asked = await this.#asked(data.filter((each) => !isKnown(each)))
    return data.map((each) => (isKnown(each) ? known?.get(each.assetKey) : asked.get(nameOf(each))) ?? null)
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
        found.set(nameOf({ assetKey, partitionKey }), version)
    }
    for (const [assetKey, each] of byAsset) {
      if (each.length === 1) continue
      const keys = each.flatMap(({ partitionKey }) => partitionKey ?? [])
      for (const [partitionKey, version] of await partitions.dataVersions(assetKey, keys))
        found.set(nameOf({ assetKey, partitionKey }), version)
    }
    return found
  }

  #begin(runId: string): Map<AssetKey, string> {
    const versions = new Map<AssetKey, string>()
    this.#runs.set(runId, versions)
    const [oldest] = this.#runs.keys()
    if (this.#runs.size > keptRuns && oldest !== undefined) this.#runs.delete(oldest)
    return versions
  }
}

/** No key of an asset has a colon. */
function nameOf({ assetKey, partitionKey }: VersionedData): string {
  return partitionKey === null ? assetKey : `${assetKey}:${partitionKey}`
}
