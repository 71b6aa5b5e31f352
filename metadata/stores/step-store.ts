import type { AssetKey } from '../../definitions/asset-key.ts'
import type { LogFields, LogLevel, LogSource } from '../../definitions/logger.ts'
import type { Metadata } from '../../definitions/metadata-value.ts'
import type { StepKind, StepOutputs } from '../../planning/run-plan.ts'
import type { SkippedStep } from '../../planning/skipped-step.ts'
import type { PartitionFailure } from './backfill-store.ts'
import type { NewCheckEvaluation } from './check-store.ts'
import type { NewMaterialization } from './materialization-store.ts'
import type { NewObservation } from './observation-store.ts'
import type { RecordedError } from './recorded-error.ts'

export type StepStatus = 'STARTED' | 'UP_FOR_RETRY' | 'SUCCESS' | 'FAILURE' | 'SKIPPED' | 'CANCELED'

export interface StepStart {
  readonly runId: string
  readonly stepKey: string
  readonly kind: StepKind
  /** Null for a step of several assets, and for an op of a job. */
  readonly assetKey: AssetKey | null
  /** The assets that a step of a multi-asset makes: they are in progress while it is at work, and FAILED where it fails. */
  readonly assetKeys?: readonly AssetKey[]
  /** Ranges of the partitions that it makes, where that isn't the one of the run. */
  readonly partitions?: readonly string[]
  /** Temporal's number of the attempt, and the identity of the worker. For people. */
  readonly attempt: number
  readonly worker: string
  /** Given by the first attempt of all, which may claim late: where it finds another one it has been given up for lost, and takes nothing over. */
  readonly first?: true
}

/** What a step's start says. */
export type StepClaim =
  /** This attempt may run. Whatever it records must carry `fence`. */
  | {
      readonly kind: 'claimed'
      readonly fence: number
      /** Failures of user code recorded for this step so far. */
      readonly failures: number
      /** Attempts that neither succeeded nor failed: their worker was lost. Counts the one before this, if it was. */
      readonly losses: number
    }
  /** The step has ended already; don't run it again. */
  | {
      readonly kind: 'ended'
      readonly status: 'SUCCESS' | 'FAILURE' | 'SKIPPED' | 'CANCELED'
      readonly error: RecordedError | null
      readonly outputs: StepOutputs | null
    }
  /** A later attempt has the step; only the first one hears that. */
  | { readonly kind: 'taken' }

/** What a step that came to its end brings to be recorded. */
export interface StepRecording {
  readonly materializations?: readonly NewMaterialization[]
  readonly observations?: readonly NewObservation[]
  readonly checks?: readonly NewCheckEvaluation[]
  /** Given by an op. */
  readonly outputs?: StepOutputs
  /** Reported by an op; kept with its STEP_SUCCESS. */
  readonly metadata?: Metadata
  /** The step made all of this and a blocking check of it did not pass: it ends as FAILURE with this error, event STEP_FAILURE last. */
  readonly failure?: RecordedError
}

/** What came of some of the partitions of a step. */
export interface PartitionsRecording {
  readonly materializations: readonly (NewMaterialization & { readonly durationMs: number })[]
  readonly checks: readonly NewCheckEvaluation[]
  readonly failures: readonly PartitionFailure[]
}

/** A step as an attempt knows it. */
export interface HeldStep {
  readonly runId: string
  readonly stepKey: string
  readonly fence: number
  /** The partition that it is for; null where its asset has none. @default that of the run */
  readonly partitionKey?: string | null
}

export interface LogLine {
  /** RFC 3339, UTC. */
  readonly time: string
  readonly level: LogLevel
  readonly source: LogSource
  readonly message: string
  readonly fields: LogFields | null
}

/** How a step ended. */
export interface EndedStep {
  readonly status: 'SUCCESS' | 'FAILURE' | 'SKIPPED' | 'CANCELED'
  readonly outputs: StepOutputs | null
}

export interface StepRecord {
  readonly stepKey: string
  readonly assetKey: AssetKey | null
  readonly status: StepStatus
  readonly attempt: number
  readonly failures: number
  readonly losses: number
  readonly worker: string | null
  readonly startedAt: Date | null
  readonly endedAt: Date | null
  readonly error: RecordedError | null
  /** SKIPPED: the step on whose account. */
  readonly because: string | null
  /** SKIPPED: whether that step failed, or left out the output that this one needs. */
  readonly why: SkippedStep['why'] | null
}

export interface StepStore {
  /**
   * Claims a step for an attempt: a new fence, which fences off every earlier attempt; event STEP_START. A step whose
   * previous attempt was still STARTED gets event STEP_WORKER_LOST before it and one more loss.
   * Calls made in the same moment are written in one statement a run.
   */
  start(step: StepStart): Promise<StepClaim>
  /** Whether `fence` is still the step's. */
  holds(step: HeldStep): Promise<boolean>
  /**
   * Ends a step as SUCCESS with its materializations, observations, check evaluations and their latest status, all or nothing.
   * Calls made in the same moment are written in one statement a run. Repeating it is harmless.
   * @throws `STEP_FENCED` where another attempt has taken over or the run has ended
   */
  succeeded(step: HeldStep, recording: StepRecording): Promise<void>
  /**
   * Claims a step and ends it as SUCCESS in one statement: for the first attempt a step ever had, which was over before
   * it was claimed. Rows and entries are those of {@link start} and {@link succeeded}. Repeating the call is harmless.
   * @throws `STEP_FENCED` where the step has a record already, or the run has ended
   */
  completed(step: StepStart, durationMs: number, recording: StepRecording): Promise<void>
  /** Records what came of some partitions of a step that goes on. What is recorded already stays as it is. @throws `STEP_FENCED` */
  recordPartitions(step: HeldStep, recording: PartitionsRecording): Promise<void>
  /** Records a failure of user code. `retryInMs` null: for good (status FAILURE, event STEP_FAILURE, latest status FAILED); else UP_FOR_RETRY with event STEP_UP_FOR_RETRY. @throws `STEP_FENCED` */
  failed(step: HeldStep, error: RecordedError, retryInMs: number | null): Promise<void>
  /** Gives a step back that this attempt could not run through no fault of the user's code (the worker shuts down, the store was away): status UP_FOR_RETRY, counted neither as failure nor as loss; event STEP_REQUEUED with `reason`. @throws `STEP_FENCED` */
  requeued(step: HeldStep, reason: string): Promise<void>
  /** Ends a step as CANCELED; event STEP_CANCELED. @throws `STEP_FENCED` */
  canceled(step: HeldStep): Promise<void>
  /** Appends lines of a step's log; kept in chunks, apart from the events. */
  log(step: { readonly runId: string; readonly stepKey: string; readonly attempt: number }, lines: readonly LogLine[]): Promise<void>
  list(runId: string): Promise<readonly StepRecord[]>
  /** How these steps of a run ended, and with what outputs; steps that have not ended are left out. */
  ended(runId: string, stepKeys: readonly string[]): Promise<ReadonlyMap<string, EndedStep>>
}
