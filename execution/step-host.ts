import type { DynamicKeys } from '../definitions/partitions/dynamic-keys.ts'
import type { AssetKey } from '../definitions/asset-key.ts'
import type { RunContext } from '../definitions/step-context.ts'
import type { RunConfig } from '../definitions/config.ts'
import type { Definitions } from '../definitions/definitions.ts'
import type { IOManager } from '../definitions/io-manager.ts'
import type { Logger } from '../definitions/logger.ts'
import type { StepOutputs } from '../planning/run-plan.ts'
import type { AssetHistory } from './asset-history.ts'
import type { ResourcePool } from './resource-pool.ts'
import type { StepOutput } from './step-output.ts'
import type { StepTarget } from './step-target.ts'

/** How a step of the same run came out, for the ops that read what it gave. */
export interface EndedOp {
  /** Whether it ended well; else it was skipped. */
  readonly succeeded: boolean
  readonly outputs: StepOutputs | null
}

/** An asset, or a partition of one. */
export interface VersionedData {
  readonly assetKey: AssetKey
  /** Null for the asset as a whole. */
  readonly partitionKey: string | null
}

/** It as a key of a map. No key of an asset has a colon. */
export function nameOfData({ assetKey, partitionKey }: VersionedData): string {
  return partitionKey === null ? assetKey : `${assetKey}:${partitionKey}`
}

/** Everything a step needs from whoever runs it: an activity, or `materialize()`. */
export interface StepHost {
  readonly definitions: Definitions
  readonly target: StepTarget
  readonly run: RunContext
  readonly runConfig: RunConfig
  readonly partitionKeys: readonly string[]
  /** When the run was made: which partitions exist for it, in each of its steps and attempts. */
  readonly now: Date
  /** The keys of dynamic partitions, as far as the step may ask for them. */
  readonly dynamicKeys?: DynamicKeys | undefined
  readonly attempt: number
  readonly signal: AbortSignal
  readonly log: Logger
  /** Takes what the step's code writes by `console` and to the process's streams. Without one it is left alone. */
  readonly output?: StepOutput
  readonly resources: ResourcePool
  readonly lastHeartbeat: unknown
  heartbeat(details: unknown): void
  /** Stores values of assets that name no IO manager of their own, and what ops give each other. */
  readonly defaultIOManager: IOManager
  /** Whether this attempt may still write; see `SaveContext.confirm`. */
  confirm(): Promise<void>
  /** How these steps of the run ended. */
  endedOps(stepKeys: readonly string[]): Promise<ReadonlyMap<string, EndedOp>>
  /** The data versions that these have now, in their order; null for what has none. */
  dataVersions(data: readonly VersionedData[]): Promise<readonly (string | null)[]>
  /** The newest that is known of an asset. */
  history(assetKey: AssetKey): Promise<AssetHistory>
}
