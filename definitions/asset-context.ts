import type { AssetKey } from './asset-key.ts'
import type { Logger } from './logger.ts'
import type { MetadataInput } from './metadata-value.ts'

/** The run a step belongs to. */
export interface RunContext {
  readonly id: string
  /** The job it was started from, if any. */
  readonly jobName: string | undefined
  readonly tags: Readonly<Record<string, string>>
}

/** The second parameter of `materialize`. */
export interface AssetContext<TConfig = unknown, TResources = Readonly<Record<string, unknown>>> {
  readonly assetKey: AssetKey
  /** The asset's `codeVersion`, if it has one. */
  readonly codeVersion: string | undefined
  /**
   * The partition this call is for.
   *
   * @throws `NOT_PARTITIONED` in a run without partitions
   */
  readonly partitionKey: string
  /** The partitions this call is for; empty in a run without partitions. */
  readonly partitionKeys: readonly string[]
  readonly config: TConfig
  /** What the asset's `resources` were made into, by the names it asked for them. */
  readonly resources: TResources
  readonly log: Logger
  readonly run: RunContext
  /** 1 for the first attempt; counts every start, also those after a lost worker. */
  readonly attempt: number
  /** Aborted when the run is cancelled, the step's time is up, or another attempt has taken over. */
  readonly signal: AbortSignal
  /** Keeps `details` (plain JSON) for the next attempt. Assetry sends heartbeats by itself; call this to hold a place. */
  readonly heartbeat: (details: unknown) => void
  /** What the attempt before gave to `heartbeat`, if anything. */
  readonly lastHeartbeat: unknown
  /** Adds to the materialization's metadata. */
  readonly addMetadata: (metadata: Readonly<Record<string, MetadataInput>>) => void
}
