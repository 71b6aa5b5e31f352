import type { AssetKey } from '../definitions/asset-key.ts'
import type { RunConfig } from '../definitions/config.ts'
import type { LogFields, LogLevel, LogSource } from '../definitions/logger.ts'
import type { Metadata } from '../definitions/metadata-value.ts'
import type { CheckSeverity } from '../definitions/check-spec.ts'
import type { PlanStep, RunPlan, StepKind, StepOutputs } from '../planning/run-plan.ts'
import type { SkippedStep } from '../planning/skipped-step.ts'
import type { KnownAsset } from '../planning/status-facts.ts'
import type { Snapshot } from '../planning/snapshot.ts'

/**
 * What has happened: runs, steps, events, materializations, and the snapshots of the code that made them. On PostgreSQL,
 * or embedded (PGlite). Every write is one statement, so that a killed process leaves it done or not done; every write
 * may be repeated.
 */
export interface MetadataStore {
  readonly runs: RunStore
  readonly steps: StepStore
  readonly events: EventStore
  readonly materializations: MaterializationStore
  readonly partitions: PartitionStore
  readonly observations: ObservationStore
  readonly checks: CheckStore
  readonly reports: ReportStore
  readonly codeLocations: CodeLocationStore
  /** @throws `STORE_UNREACHABLE` */
  ping(): Promise<void>
  close(): Promise<void>
}

export type RunStatus = 'QUEUED' | 'STARTED' | 'CANCELING' | 'SUCCESS' | 'FAILURE' | 'CANCELED'
export type StepStatus = 'STARTED' | 'UP_FOR_RETRY' | 'SUCCESS' | 'FAILURE' | 'SKIPPED' | 'CANCELED'

/** Statuses after which a run changes no more. */
export const endedRunStatuses = ['SUCCESS', 'FAILURE', 'CANCELED'] as const satisfies readonly RunStatus[]

/** An error as it is recorded: never the error object itself. */
export interface RecordedError {
  readonly name: string
  readonly message: string
  readonly stack: string | null
  readonly code: string | null
  readonly metadata: Metadata | null
  readonly cause: RecordedError | null
}

export interface NewRun {
  readonly runId: string
  readonly codeLocation: string
  /** Which snapshot the plan was made from. */
  readonly snapshotHash: string
  readonly jobName: string | null
  /** The selection as it was asked for, in the selection language. */
  readonly selection: string
  readonly plan: RunPlan
  readonly runConfig: RunConfig
  readonly tags: Readonly<Record<string, string>>
  readonly partitionKey: string | null
  /** A second run with the same key is the first one. */
  readonly idempotencyKey: string | null
  /** Hash of the request the key came with: the same key with another request is refused. */
  readonly requestHash: string | null
}

export interface Run {
  readonly runId: string
  readonly status: RunStatus
  readonly codeLocation: string
  readonly snapshotHash: string
  readonly jobName: string | null
  readonly selection: string
  readonly assetKeys: readonly AssetKey[]
  readonly stepCount: number
  readonly runConfig: RunConfig
  readonly tags: Readonly<Record<string, string>>
  readonly partitionKey: string | null
  readonly requestHash: string | null
  readonly createdAt: Date
  readonly startedAt: Date | null
  readonly endedAt: Date | null
  /** Why it ended, where that was not its own doing ("terminated in Temporal"). */
  readonly endReason: string | null
}

export interface RunFilter {
  readonly statuses?: readonly RunStatus[]
  readonly jobName?: string
  readonly assetKey?: AssetKey
  readonly tags?: Readonly<Record<string, string>>
}

/** A page of a list, newest first. `cursor` is opaque; null where there is no further page. */
export interface Page<TItem> {
  readonly items: readonly TItem[]
  readonly cursor: string | null
}

export interface PageRequest {
  readonly limit: number
  readonly cursor?: string
}

export interface RunStore {
  /** Records a run as QUEUED with its plan. Where `idempotencyKey` is known already, returns that run with `created: false`. */
  create(run: NewRun): Promise<{ readonly run: Run; readonly created: boolean }>
  get(runId: string): Promise<Run | undefined>
  /** The run that was created with this idempotency key. */
  byIdempotencyKey(key: string): Promise<Run | undefined>
  list(filter: RunFilter, page: PageRequest): Promise<Page<Run>>
  /** Runs that have not ended, oldest first. */
  open(): Promise<readonly Run[]>
  planSteps(runId: string, from: number, count: number): Promise<readonly PlanStep[]>
  /** QUEUED → STARTED, once; event RUN_STARTED. No change for a run in another status. */
  started(runId: string): Promise<void>
  /** QUEUED or STARTED → CANCELING, once; event RUN_CANCELING. Returns the status the run has then; undefined where there is no such run. */
  canceling(runId: string): Promise<RunStatus | undefined>
  /**
   * Ends the run, once; event RUN_SUCCESS, RUN_FAILURE or RUN_CANCELED. Steps in `skipped` become SKIPPED with an event
   * each; steps that are still STARTED or UP_FOR_RETRY become CANCELED and are fenced, so that a straggler can't record.
   */
  ended(end: {
    readonly runId: string
    readonly status: 'SUCCESS' | 'FAILURE' | 'CANCELED'
    readonly reason: string | null
    readonly skipped: readonly SkippedStep[]
  }): Promise<void>
}

export interface StepStart {
  readonly runId: string
  readonly stepKey: string
  readonly kind: StepKind
  /** Null for a step of several assets, and for an op of a job. */
  readonly assetKey: AssetKey | null
  /** The assets that a step of a multi-asset makes: they are in progress while it is at work, and FAILED where it fails. */
  readonly assetKeys?: readonly AssetKey[]
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

/** What a look at an asset found. */
export interface NewObservation {
  readonly assetKey: AssetKey
  readonly partitionKey: string | null
  readonly metadata: Metadata
  readonly tags: Readonly<Record<string, string>>
  readonly dataVersion: string | null
}

/** What a check of an asset found. */
export interface NewCheckEvaluation {
  readonly assetKey: AssetKey
  readonly checkName: string
  readonly partitionKey: string | null
  readonly passed: boolean
  readonly severity: CheckSeverity
  readonly blocking: boolean
  readonly description: string | null
  readonly metadata: Metadata
}

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

export type RunEventType =
  | 'RUN_QUEUED'
  | 'RUN_STARTED'
  | 'RUN_CANCELING'
  | 'RUN_SUCCESS'
  | 'RUN_FAILURE'
  | 'RUN_CANCELED'
  | 'STEP_START'
  | 'STEP_WORKER_LOST'
  | 'STEP_UP_FOR_RETRY'
  | 'STEP_REQUEUED'
  | 'STEP_FAILURE'
  | 'STEP_SKIPPED'
  | 'STEP_CANCELED'
  | 'STEP_SUCCESS'
  | 'ASSET_MATERIALIZATION'
  | 'ASSET_OBSERVATION'
  | 'ASSET_CHECK_EVALUATION'
  | 'LOG'

/**
 * One entry of a run's log. `seq` counts 1, 2, 3 … in a run without gaps, in the order in which entries became visible.
 * A step that succeeds ends with its last ASSET_MATERIALIZATION, ASSET_OBSERVATION or ASSET_CHECK_EVALUATION: there is no STEP_SUCCESS
 * beside it, which keeps a trivial step at four rows. Only a step with none of them, an op, ends with STEP_SUCCESS.
 * LOG carries a chunk of log lines.
 */
export interface RunEvent {
  readonly runId: string
  readonly seq: number
  readonly type: RunEventType
  readonly time: Date
  readonly stepKey: string | null
  readonly assetKey: AssetKey | null
  readonly partitionKey: string | null
  readonly attempt: number | null
  /** By type: error, retryInMs, reason, because, metadata, tags, versions, durationMs, lines. Plain JSON. */
  readonly data: Readonly<Record<string, unknown>>
}

export interface EventStore {
  /** Entries with a greater `seq`, in order; `logs: false` leaves LOG out. */
  list(runId: string, options: { readonly after: number; readonly limit: number; readonly logs?: boolean }): Promise<readonly RunEvent[]>
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

export interface Observation extends NewObservation {
  readonly id: string
  readonly runId: string | null
  readonly stepKey: string | null
  readonly time: Date
}

export interface ObservationStore {
  list(assetKey: AssetKey, page: PageRequest): Promise<Page<Observation>>
  ofRun(runId: string): Promise<readonly Observation[]>
}

export interface CheckEvaluation extends NewCheckEvaluation {
  readonly id: string
  readonly runId: string | null
  readonly stepKey: string | null
  readonly time: Date
  /** The materialization that it was about: the asset's newest at that moment. */
  readonly materializationId: string | null
}

export interface CheckStore {
  /** The newest evaluation of each check of these assets; of all assets where no keys are given. */
  latest(assetKeys?: readonly AssetKey[]): Promise<readonly CheckEvaluation[]>
  list(check: { readonly assetKey: AssetKey; readonly checkName: string }, page: PageRequest): Promise<Page<CheckEvaluation>>
  ofRun(runId: string): Promise<readonly CheckEvaluation[]>
}

/** An event of an asset that happened outside of every run. */
export type NewReport =
  | ({ readonly kind: 'materialization' } & NewMaterialization)
  | ({ readonly kind: 'observation' } & NewObservation)
  | ({ readonly kind: 'check' } & NewCheckEvaluation)

export interface ReportStore {
  /**
   * Records an event from outside. A second one with the same idempotency key is the first: `created: false`.
   * @throws `IDEMPOTENCY_KEY_REUSED` where the key came with another event before
   */
  record(report: NewReport, idempotencyKey: string | null): Promise<{ readonly id: string; readonly created: boolean }>
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

/** How many partitions of an asset stand how, as far as they are known. */
export interface PartitionCounts {
  readonly materialized: number
  readonly failed: number
  readonly observed: number
}

/** What is known of the partitions of an asset. */
export interface PartitionStore {
  /** Latest status of these partitions, null for the asset as a whole; those that nothing is known of are not in it. */
  statuses(assetKey: AssetKey, partitionKeys: readonly (string | null)[]): Promise<readonly AssetStatus[]>
  /** How many partitions of the asset stand how; also such as its definition no longer has. */
  counts(assetKey: AssetKey): Promise<PartitionCounts>
  /** Partitions of the asset that a step is at work on now: partition key → run id. */
  inProgress(assetKey: AssetKey): Promise<ReadonlyMap<string, string>>
}

export interface CodeLocation {
  readonly name: string
  readonly snapshotHash: string
  readonly snapshot: Snapshot
  readonly registeredAt: Date
}

export interface CodeLocationStore {
  /** Keeps the snapshot (once by its hash) and makes it the location's current one. Returns the hash. */
  register(name: string, snapshot: Snapshot): Promise<string>
  /** Current snapshots of all locations, by name. */
  list(): Promise<readonly CodeLocation[]>
  /** Names and hashes only: cheap enough for every request. */
  current(): Promise<readonly { readonly name: string; readonly snapshotHash: string }[]>
}
