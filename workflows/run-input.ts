import type { PlanStep } from '../planning/run-plan.ts'
import type { Skip } from '../planning/run-progress.ts'
import type { CarriedOutputs } from './carried-outputs.ts'

/** The input of the `run` workflow. Plain JSON that histories keep: add optional fields only. */
export interface RunInput {
  readonly runId: string
  readonly stepCount: number
  /** The plan, where it is small; else it is loaded from the store in pages. */
  readonly steps?: readonly PlanStep[]
  /** Given where an earlier workflow of this run may have been lost with its server: its steps may have been recorded. */
  readonly again?: true
  /** How far an earlier execution of this run came: one letter a step. */
  readonly progress?: string
  /** Steps skipped in earlier executions: numbers, because the keys of thousands would not fit into an input. */
  readonly skips?: readonly Skip[]
  /** What ops gave in earlier executions, as far as later steps depend on it: the keys of lists that are mapped over, and outputs left out. */
  readonly given?: readonly CarriedOutputs[]
  /** Steps in flight at most, where a backfill bounds them. @default 500 */
  readonly window?: number
  /** Partitions that steps of earlier executions did not make. */
  readonly failedPartitions?: number
}

/** The input of the `backfill` workflow: what there is to know stands in the store. */
export interface BackfillInput {
  readonly backfillId: string
}

/** The input of the `freshness` workflow. */
export interface FreshnessInput {
  readonly codeLocation: string
}

/** Most steps that travel in the workflow's input. Larger plans are read from the store. About 20 KB of JSON. */
export const inlineStepLimit = 200

/** Most steps a page of a large plan. A page is one local activity's result; where these steps would be too much for it, it has fewer. */
export const planPageSize = 500

/** The input of the `validateRunConfig` workflow. */
export interface ValidateRunConfigInput {
  readonly assetKeys: readonly string[]
  /** The graph job whose ops are run instead of assets. */
  readonly graphJob?: string
  readonly runConfig: Readonly<Record<string, unknown>>
}

/** The input of the `sensor` workflow: what there is to know stands in the store. */
export interface SensorInput {
  readonly codeLocation: string
  readonly name: string
  /** Time until the first evaluation. @default none */
  readonly waitMs?: number
}

/** The input of the `scheduleTick` workflow. */
export interface ScheduleTickInput {
  readonly codeLocation: string
  readonly name: string
  /** The time that the tick is for, RFC 3339. @default what Temporal says of a workflow that its schedule has started */
  readonly scheduledAt?: string
  /** Somebody has asked for it: it is for its time, whether or not the schedule ticks then. */
  readonly byHand?: true
}
