import type { AssetKey } from '../definitions/asset-key.ts'
import type { Finding } from '../definitions/errors.ts'
import type { RunConfig } from '../definitions/config.ts'
import type { PlanStep, StepOutputs } from '../planning/run-plan.ts'
import type { SkippedStep } from '../planning/skipped-step.ts'
import type { BackfillInput, RunInput } from './run-input.ts'
import type { PreviewTickInput, TickPreview } from './tick-preview.ts'

/** Everything workflows ask of the outside. Implemented in `activities/`. Keys and counts only: values never pass through Temporal. */
export interface StepActivities {
  /** Makes an asset, or several of a multi-asset, and records what came of it. Fails with an `ApplicationFailure` whose type is `StepFailed` when the step failed for good. */
  materialize(step: StepReference): Promise<StepResult>
  /** Runs an op of a job's or an asset's graph. */
  runOp(step: StepReference): Promise<StepResult>
  /** Evaluates an asset check. Fails where it is blocking and did not pass. */
  checkAsset(step: StepReference): Promise<StepResult>
  /** Looks at an observable asset. */
  observe(step: StepReference): Promise<StepResult>
}

/** Bookkeeping, run as local activities. Each is idempotent. */
export interface RunActivities {
  /** The steps of a run's plan from position `from` on, `count` at most, and no more than fit into one payload; for plans too large to be a workflow's input. */
  loadPlan(range: { readonly runId: string; readonly from: number; readonly count: number }): Promise<readonly PlanStep[]>
  /** What ended steps of a run gave, in the order of the keys, null where none is recorded; for what is too large to go from one execution to the next. */
  loadOutputs(steps: { readonly runId: string; readonly stepKeys: readonly string[] }): Promise<readonly (StepOutputs | null)[]>
  recordRunStarted(run: { readonly runId: string }): Promise<void>
  recordRunEnded(end: RunEnd): Promise<void>
}

/** Bookkeeping of backfills, run as local activities. Each is idempotent. */
export interface BackfillActivities {
  /** Accounts for the runs that have ended, cuts as many as may be, and says what is to be done. */
  advanceBackfill(backfill: { readonly backfillId: string }): Promise<BackfillStep>
  /** Records that the workflow was cancelled in Temporal. */
  cancelBackfill(backfill: { readonly backfillId: string }): Promise<void>
}

/** A run that a backfill's workflow is to start. */
export interface StartableRun {
  readonly runId: string
  readonly stepCount: number
  /** For people. */
  readonly summary: string
}

/** What a backfill's workflow is to do now. */
export interface BackfillStep {
  /** Its runs that have not ended. */
  readonly open: readonly string[]
  /** Those of them whose workflow may not have been started. */
  readonly start: readonly StartableRun[]
  /** Steps that each of its runs may have in flight: 0 is a pause. */
  readonly window: number
  readonly priority?: number
  /** Whether the open runs are to be cancelled. */
  readonly cancel?: boolean
  /** Something has changed meanwhile: advance again at once. */
  readonly again?: boolean
  /** Nothing is left to do. */
  readonly ended?: boolean
}

/** What evaluates schedules and sensors. Each is idempotent: its tick is committed once. */
export interface TickActivities {
  /** Evaluates a sensor, commits what it came to and launches the runs that it asked for; or says that there is nothing to do. */
  evaluateSensor(tick: TickReference): Promise<SensorStep>
  /** Evaluates a schedule for a time, commits what it came to, and records the runs that it asked for, which are then to be started. */
  evaluateSchedule(tick: ScheduleTickReference): Promise<ScheduleStep>
  /** Evaluates a schedule or a sensor and keeps nothing of it. */
  previewTick(preview: PreviewTickInput): Promise<TickPreview>
}

export interface TickReference {
  readonly codeLocation: string
  readonly name: string
  readonly tickId: string
}

/** Bookkeeping of ticks, run as local activities. Each is idempotent. */
export interface TickBookkeeping {
  /** How a run or a backfill ended; null where it has not. */
  scheduledWorkflowEnd(workflow: { readonly workflowId: string }): Promise<'SUCCESS' | 'FAILURE' | 'CANCELED' | null>
}

export interface ScheduleTickReference {
  readonly codeLocation: string
  readonly name: string
  /** RFC 3339. */
  readonly scheduledAt: string
  /** It is for its time, whether or not the schedule ticks then. */
  readonly byHand?: true
}

/** A run or a backfill that a tick's workflow is to start. */
export interface ScheduledWorkflow {
  readonly workflowType: string
  readonly workflowId: string
  /** Of `run` or `backfill`. */
  readonly input: RunInput | BackfillInput
  /** For people. */
  readonly summary: string
}

/** What a tick's workflow is to do. */
export interface ScheduleStep {
  readonly start: readonly ScheduledWorkflow[]
  /** Whether it lasts as long as these. */
  readonly waits: boolean
  /** Whether these end at once where it is terminated. */
  readonly ends: boolean
  /** Why the tick failed. */
  readonly error?: string
}

/** What a sensor's workflow is to do now. */
export interface SensorStep {
  /** The sensor is stopped or gone. */
  readonly ended?: true
  /** Time until it is evaluated again, though nobody wakes it. */
  readonly waitMs: number
}

/** Bookkeeping of freshness, run as a local activity. It is idempotent. */
export interface FreshnessActivities {
  /** Looks how fresh the assets of a code location are, and records what has changed. */
  evaluateFreshness(location: { readonly codeLocation: string }): Promise<FreshnessEvaluation>
}

/** When to look again how fresh assets are. */
export interface FreshnessEvaluation {
  /** Time until the state of an asset changes if nothing happens; null where none will. Unit: milliseconds. */
  readonly nextChangeInMs: number | null
  /** No asset has a policy. */
  readonly ended?: true
}

/** Questions about a run that only user code can answer, asked before the run exists. */
export interface LaunchActivities {
  /** Everything wrong with the config of a run: schemas, unknown names, missing environment variables. */
  validateRunConfig(request: {
    readonly assetKeys: readonly AssetKey[]
    readonly graphJob?: string
    readonly runConfig: RunConfig
  }): Promise<readonly Finding[]>
}

export interface StepReference {
  readonly runId: string
  readonly stepKey: string
  /** The asset that it makes, checks, observes, or whose graph the op is part of. */
  readonly assetKey?: AssetKey
  /** Assets of a multi-asset that it makes. */
  readonly assetKeys?: readonly AssetKey[]
  readonly check?: string
  /** Path of the op's invocation in the graph of the job or the asset. */
  readonly op?: string
  /** Which elements of the lists it is mapped over, outermost first. */
  readonly mappingKeys?: readonly string[]
  /** Ranges of the partitions that it makes one after another, where that isn't the one of the run. */
  readonly partitions?: readonly string[]
  /** Assets whose same partition it needs. */
  readonly needs?: readonly AssetKey[]
  /** Given where a partition needs earlier ones of the same asset. */
  readonly inOrder?: true
  /** Given where no other execution of this run's workflow can have begun the step before. */
  readonly first?: true
}

export interface StepResult {
  /** True where the step had been recorded before and its function was not called again. */
  readonly recordedBefore: boolean
  readonly outputs?: StepOutputs
  /** Of a step with partitions of its own: how many of them were not made. */
  readonly failedPartitions?: number
}

export interface RunEnd {
  readonly runId: string
  readonly status: 'SUCCESS' | 'FAILURE' | 'CANCELED'
  /** Steps that never started, because a step before them failed or left out the output they need. */
  readonly skipped: readonly SkippedStep[]
}
