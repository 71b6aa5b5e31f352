import type { AssetKey } from '../definitions/asset-key.ts'

/** What a run will do, as plain data: the input of the `run` workflow. Steps stand in topological order. */
export interface RunPlan {
  readonly version: 1
  readonly steps: readonly PlanStep[]
}

/** What a step does. */
export type StepKind = 'materialize' | 'op' | 'check' | 'observe'

/** Position in the plan of a step, and the name of one of its outputs; of a multi-asset the key of the asset. */
export type PlanOutput = readonly [position: number, output: string]

/** Where an input of an op comes from. A fan-in, or a source that is mapped one scope deeper, gives a list. */
export interface PlanInput {
  readonly from: readonly PlanOutput[]
  readonly fanIn?: true
  /** Of a fan-in: given where it also has a source that can't be left out, an asset. */
  readonly always?: true
}

/** One step, or, where it has `over`, the pattern of one step an element. Short names, because a plan of 5,000 steps passes through Temporal. */
export interface PlanStep {
  /** Unique in the plan: the asset's key, the multi-asset's name, `asset:check`, the path of an op. A mapped step's key gets `[mapping keys]` behind it. */
  readonly key: string
  /** @default 'materialize' */
  readonly kind?: StepKind
  /** The asset it makes, checks or observes; of a graph asset's ops the asset they make together. Absent for the ops of a job and for a multi-asset. */
  readonly asset?: AssetKey
  /** The assets that a step of a multi-asset makes. */
  readonly assets?: readonly AssetKey[]
  /** Name of the check. */
  readonly check?: string
  /** Path of the op's invocation in its graph. */
  readonly op?: string
  /** Positions in the plan of the steps that must have ended well before; those of `inputs` included. */
  readonly after: readonly number[]
  /** Sources of its inputs, as far as whether it runs depends on which outputs there are: of an op; and of an asset or a check those that may be left out. */
  readonly inputs?: readonly PlanInput[]
  /** Lists it is mapped over, outermost first. */
  readonly over?: readonly PlanOutput[]
  /** Ranges of the partitions that it makes one after another, where that isn't the one of the run: `2026-01-01...2026-01-31`, or a key. */
  readonly partitions?: readonly string[]
  /** How many partitions these are. */
  readonly partitionCount?: number
  /** Assets whose same partition it needs: where the run failed to make that, the step leaves its own out. */
  readonly needs?: readonly AssetKey[]
  /** Given where a partition needs earlier ones of the same asset: they are made in their order, and not after one that failed. */
  readonly inOrder?: true
  /** Longest time of one attempt, of one partition where it makes several, where the definition sets one. */
  readonly timeoutMs?: number
  readonly heartbeatTimeoutMs?: number
}

/** What a step gave, as far as the steps after it depend on it. */
export interface StepOutputs {
  /** Optional outputs that it left out; of a multi-asset the keys of these assets. */
  readonly missing?: readonly string[]
  /** Of each output that is mapped over the keys of its elements, in their order. */
  readonly mapped?: Readonly<Record<string, readonly string[]>>
}

/** Longest time of one attempt of a step that sets none. Unit: milliseconds; 24 hours. */
export const defaultStepTimeoutMs = 24 * 3_600_000

/**
 * Time without a heartbeat after which a worker counts as lost. Unit: milliseconds; 30 seconds: long enough for a
 * restart of the Temporal server (measured: about 3 s) and for a blocked event loop that is merely slow.
 */
export const defaultHeartbeatTimeoutMs = 30_000

/** Most elements a list may have that is mapped over: their keys pass through Temporal in one payload of at most 2 MB. */
export const maximumMapWidth = 10_000

/**
 * Most characters that the keys of all lists of one step may have, as JSON: the lists of a step pass in the same payload. One list
 * as long as may be, with the longest keys, has 1.03 million.
 */
export const maximumMapKeys = 1_500_000
