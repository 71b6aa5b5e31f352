import type { AssetKey } from '../../definitions/asset-key.ts'
import type { RunConfig } from '../../definitions/config.ts'
import type { PlanStep, RunPlan } from '../../planning/run-plan.ts'
import type { SkippedStep } from '../../planning/skipped-step.ts'
import type { Page, PageRequest } from './page.ts'

export type RunStatus = 'QUEUED' | 'STARTED' | 'CANCELING' | 'SUCCESS' | 'FAILURE' | 'CANCELED'

/** Statuses after which a run changes no more. */
export const endedRunStatuses = ['SUCCESS', 'FAILURE', 'CANCELED'] as const satisfies readonly RunStatus[]

/** Whether a run that stands so changes no more. */
export function runHasEnded(status: RunStatus): boolean {
  return endedRunStatuses.some((each) => each === status)
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
  /** Ranges of partitions, of a run that makes many. */
  readonly partitions?: readonly string[]
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
  /** Of a run of one partition. */
  readonly partitionKey: string | null
  /** Ranges of partitions, of a run that makes many. */
  readonly partitions: readonly string[] | null
  /** The backfill that it is part of. */
  readonly backfillId: string | null
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
  readonly backfillId?: string
  readonly tags?: Readonly<Record<string, string>>
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
