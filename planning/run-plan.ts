import type { AssetKey } from '../definitions/asset-key.ts'

/** What a run will do, as plain data: the input of the `run` workflow. Steps stand in topological order. */
export interface RunPlan {
  readonly version: 1
  readonly steps: readonly PlanStep[]
}

/** One step: the materialization of one asset. Short names, because a plan of 5,000 steps passes through Temporal. */
export interface PlanStep {
  /** Unique in the plan; the asset's key. */
  readonly key: string
  readonly asset: AssetKey
  /** Positions in the plan of the steps that must have succeeded before. */
  readonly after: readonly number[]
  /** Longest time of one attempt, where the asset sets one. */
  readonly timeoutMs?: number
  readonly heartbeatTimeoutMs?: number
}

/** Longest time of one attempt of a step that sets none. Unit: milliseconds; 24 hours. */
export const defaultStepTimeoutMs = 24 * 3_600_000

/**
 * Time without a heartbeat after which a worker counts as lost. Unit: milliseconds; 30 seconds: long enough for a
 * restart of the Temporal server (measured: about 3 s) and for a blocked event loop that is merely slow.
 */
export const defaultHeartbeatTimeoutMs = 30_000
