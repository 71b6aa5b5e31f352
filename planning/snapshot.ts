import type { AssetKey } from '../definitions/asset-key.ts'
import type { BackfillPolicySpec } from '../definitions/backfill-policy.ts'
import type { FreshnessPolicySpec } from '../definitions/freshness-policy.ts'
import type { Json, Metadata } from '../definitions/metadata-value.ts'
import type { PartitionMappingSpec, TimeWindowMappingSpec } from '../definitions/partition-mappings/partition-mapping-spec.ts'
import type { PartitionsSpec } from '../definitions/partitions/partitions-spec.ts'
import type { RetryPolicy } from '../definitions/retry-policy.ts'
import type { GraphSnapshot } from './graph-snapshot.ts'
import type { ScheduleSnapshot } from './schedule-snapshot.ts'
import type { SensorSnapshot } from './sensor-snapshot.ts'

/**
 * What of a project's definitions can be written down: plain JSON that a worker registers when it starts, and all that
 * the API, the UI and the planner ever see of user code.
 */
export interface Snapshot {
  readonly version: 1
  readonly assets: readonly AssetSnapshot[]
  readonly jobs: readonly JobSnapshot[]
  readonly resources: readonly ResourceSnapshot[]
  /** Not there where there are none, as in snapshots of before there were schedules. */
  readonly schedules?: readonly ScheduleSnapshot[]
  /** Not there where there are none, as in snapshots of before there were sensors. */
  readonly sensors?: readonly SensorSnapshot[]
}

export interface AssetSnapshot {
  readonly key: AssetKey
  readonly group: string
  readonly description: string | null
  readonly owners: readonly string[]
  readonly tags: Readonly<Record<string, string>>
  readonly kinds: readonly string[]
  readonly metadata: Metadata
  readonly codeVersion: string | null
  /** Loaded upstream assets: parameter name and key. */
  readonly inputs: readonly { readonly name: string; readonly key: AssetKey }[]
  /** All upstream assets, loaded or not. */
  readonly upstreamKeys: readonly AssetKey[]
  /** Names of the resources it asks for. */
  readonly resources: readonly string[]
  readonly ioManager: string
  /** What its partitions are; null where it has none. */
  readonly partitions: PartitionsSpec | null
  /**
   * Which partitions of upstream assets it needs, by key: where that is not the one with the same key, and the upstream asset
   * has partitions. Snapshots of before there were mappings don't have it. Of a function it says only that it is one.
   */
  readonly partitionMappings?: Readonly<Record<AssetKey, PartitionMappingSpec>>
  /** Which earlier partitions of itself a partition needs; not there where it needs none. */
  readonly selfMapping?: TimeWindowMappingSpec
  /** For how many partitions at once a backfill calls its function; not there where it is one. */
  readonly backfillPolicy?: BackfillPolicySpec
  /** How old its data may be; not there where it may be of any age. */
  readonly freshness?: FreshnessPolicySpec
  readonly retries: RetryPolicy | null
  readonly timeoutMs: number | null
  readonly heartbeatTimeoutMs: number | null
  /** Null where it takes no config. `acceptsNone`: a run may leave its config out. */
  readonly config: { readonly acceptsNone: boolean; readonly jsonSchema: Json | null } | null
  readonly origin: 'function' | 'multi-asset' | 'graph' | 'external' | 'observable'
  /** The multi-asset that makes it. `optional`: given where it may leave this asset out. */
  readonly multiAsset: { readonly name: string; readonly subsettable: boolean; readonly optional?: true } | null
  /** The ops that make it. */
  readonly graph: GraphSnapshot | null
  readonly checks: readonly CheckSnapshot[]
}

/** A check of an asset. */
export interface CheckSnapshot {
  readonly name: string
  readonly description: string | null
  readonly blocking: boolean
  /** Whether the asset's own step reports it; else it has a step of its own. */
  readonly inStep: boolean
  /** Upstream assets that it reads beside its own. */
  readonly upstreamKeys: readonly AssetKey[]
  readonly resources: readonly string[]
  readonly timeoutMs: number | null
  readonly heartbeatTimeoutMs: number | null
  readonly config: AssetSnapshot['config']
}

export interface JobSnapshot {
  readonly name: string
  readonly description: string | null
  readonly tags: Readonly<Record<string, string>>
  /** The selection in the selection language; empty for a graph job. */
  readonly selection: string
  /** What it selects. */
  readonly assetKeys: readonly AssetKey[]
  /** The ops of a graph job; null for an asset job. */
  readonly graph: GraphSnapshot | null
  /** Config that a run of the job has unless the request says otherwise, by section and name. */
  readonly runConfig: Readonly<Record<string, Readonly<Record<string, Json>>>>
}

export interface ResourceSnapshot {
  readonly name: string
  readonly description: string | null
  /** Names of the environment variables its config reads. */
  readonly environment: readonly string[]
}
