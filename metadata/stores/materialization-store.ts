import type { AssetKey } from '../../definitions/asset-key.ts'
import type { Metadata } from '../../definitions/metadata-value.ts'
import type { KnownAsset } from '../../planning/status-facts.ts'
import type { Observation } from './observation-store.ts'
import type { Page, PageRequest } from './page.ts'

export interface NewMaterialization {
  readonly assetKey: AssetKey
  readonly partitionKey: string | null
  readonly metadata: Metadata
  readonly tags: Readonly<Record<string, string>>
  readonly codeVersion: string | null
  readonly dataVersion: string | null
  /** Data versions of the upstream assets that it was made from, by key; null for those that had none. */
  readonly inputVersions: Readonly<Record<AssetKey, string | null>> | null
}

export interface Materialization extends NewMaterialization {
  readonly id: string
  /** Null where it was reported from outside. */
  readonly runId: string | null
  readonly stepKey: string | null
  readonly time: Date
  readonly durationMs: number | null
}

/** The newest that is known of an asset's partition. */
export interface AssetStatus {
  readonly assetKey: AssetKey
  readonly partitionKey: string | null
  /** How its newest step came out. OBSERVED: it was never materialized, and its newest observation succeeded. */
  readonly status: 'MATERIALIZED' | 'FAILED' | 'OBSERVED'
  /** Null where it was reported from outside. */
  readonly lastRunId: string | null
  readonly updatedAt: Date
  /** The newest materialization; null where there never was one. */
  readonly lastMaterialization: Materialization | null
  readonly materializationCount: number
  /** The newest observation; null where there never was one. */
  readonly lastObservation: Observation | null
  /**
   * Data version of the newest materialization, or of the newest observation that names one, and when it became that one:
   * the same version again changes neither. A materialization without a version is a change.
   */
  readonly dataVersion: string | null
  readonly dataVersionAt: Date | null
}

/** A number of an asset's metadata over time. */
export interface MetadataPoint {
  readonly materializationId: string
  readonly runId: string | null
  readonly partitionKey: string | null
  readonly time: Date
  readonly value: number
}

export interface MaterializationStore {
  /** Numeric metadata of this name over the newest `limit` materializations that have it, oldest first. */
  series(assetKey: AssetKey, name: string, limit: number): Promise<readonly MetadataPoint[]>
  list(assetKey: AssetKey, page: PageRequest): Promise<Page<Materialization>>
  ofRun(runId: string): Promise<readonly Materialization[]>
  /** Latest status of the assets, of one with partitions that of the newest of them; of all where no keys are given. Assets that never ran are not in it. */
  latest(assetKeys?: readonly AssetKey[]): Promise<readonly AssetStatus[]>
  /** Newest versions and outcomes of all assets, by key, without what else their records hold. */
  known(): Promise<ReadonlyMap<AssetKey, KnownAsset>>
  /** Data version of the newest materialization or observation of each, or of a partition of each; those that have none are left out. */
  dataVersions(assetKeys: readonly AssetKey[], partitionKey?: string | null): Promise<ReadonlyMap<AssetKey, string>>
  /** Assets that a step is at work on now: asset key → run id. */
  inProgress(): Promise<ReadonlyMap<AssetKey, string>>
}
