import type { AssetKey } from '../../definitions/asset-key.ts'
import type { RunConfig } from '../../definitions/config.ts'
import type { BackfillCut, BackfillPlan, StageCursor } from '../../planning/backfill-plan.ts'
import type { Page, PageRequest } from './page.ts'
import type { RecordedError } from './recorded-error.ts'
import type { NewRun, RunStatus } from './run-store.ts'

export type BackfillStatus = 'QUEUED' | 'STARTED' | 'PAUSED' | 'CANCELING' | 'SUCCESS' | 'FAILURE' | 'CANCELED'

/** Statuses after which a backfill changes only where it is retried. */
export const endedBackfillStatuses = ['SUCCESS', 'FAILURE', 'CANCELED'] as const satisfies readonly BackfillStatus[]

export interface NewBackfill {
  readonly backfillId: string
  readonly codeLocation: string
  readonly snapshotHash: string
  readonly jobName: string | null
  readonly selection: string
  readonly plan: BackfillPlan
  readonly runConfig: RunConfig
  readonly tags: Readonly<Record<string, string>>
  /** Steps at a time. */
  readonly concurrency: number
  /** Temporal's, 1 for the most urgent to 5. */
  readonly priority: number | null
  /** Most partitions of a step; null for about a second of work. */
  readonly partitionsPerStep: number | null
  /** Whether partitions whose upstream failed are made all the same. */
  readonly continues: boolean
  readonly idempotencyKey: string | null
  readonly requestHash: string | null
  /** The time that decides which partitions exist. */
  readonly createdAt: Date
}

/** How far a backfill is with an asset; exact whenever it is read. */
export interface BackfillAsset {
  readonly assetKey: AssetKey
  readonly targeted: number
  /** Part of a run by now, or left out. */
  readonly requested: number
  readonly materialized: number
  readonly failed: number
  readonly skipped: number
}

export interface Backfill extends Omit<NewBackfill, 'idempotencyKey' | 'plan'> {
  readonly status: BackfillStatus
  readonly startedAt: Date | null
  readonly endedAt: Date | null
  readonly endReason: string | null
  /** In the order of the plan. */
  readonly assets: readonly BackfillAsset[]
}

/** What whoever cuts runs must know. */
export interface BackfillWork {
  readonly backfill: Backfill
  readonly plan: BackfillPlan
  readonly cursors: readonly StageCursor[]
  /** Counts the cuts: who cuts says which number he has read. */
  readonly cuts: number
  /** Its runs that are not accounted for. */
  readonly runs: readonly BackfillRun[]
}

export interface BackfillRun {
  readonly runId: string
  readonly status: RunStatus
  readonly stepCount: number
  readonly cut: BackfillCut
}

/** A partition that was not made. */
export interface PartitionFailure {
  readonly assetKey: AssetKey
  readonly partitionKey: string
  /** CHECK: it was made, and a blocking check of it did not pass. SKIPPED: left out because of another. */
  readonly kind: 'FAILED' | 'SKIPPED' | 'CHECK'
  readonly error?: RecordedError | null
  /** The asset on whose account. */
  readonly because?: AssetKey | null
}

/** A failure as it is listed. */
export interface RecordedPartitionFailure extends Required<PartitionFailure> {
  readonly runId: string | null
  readonly time: Date
}

/** What is cut off a backfill in one go. */
export interface NewCut {
  readonly backfillId: string
  /** As {@link BackfillWork.cuts} was read. */
  readonly cuts: number
  readonly cursors: readonly StageCursor[]
  /** Absent where everything was left out. */
  readonly run?: Omit<NewRun, 'idempotencyKey' | 'requestHash' | 'partitionKey' | 'codeLocation'> & {
    readonly codeLocation: string
    readonly partitions: readonly string[]
    readonly cut: BackfillCut
  }
  readonly requested: readonly { readonly assetKey: AssetKey; readonly count: number }[]
  readonly skips: readonly PartitionFailure[]
}

export interface BackfillStore {
  /** Records a backfill as QUEUED. Where `idempotencyKey` is known already, returns that one with `created: false`. */
  create(backfill: NewBackfill): Promise<{ readonly backfill: Backfill; readonly created: boolean }>
  get(backfillId: string): Promise<Backfill | undefined>
  byIdempotencyKey(key: string): Promise<Backfill | undefined>
  /** Newest first. */
  list(filter: { readonly statuses?: readonly BackfillStatus[] }, page: PageRequest): Promise<Page<Backfill>>
  /** Those that have not ended, oldest first. */
  open(): Promise<readonly Backfill[]>
  work(backfillId: string): Promise<BackfillWork | undefined>
  /** Moves it to another status from one of these; the status that it has then, undefined where there is none. */
  move(backfillId: string, from: readonly BackfillStatus[], to: BackfillStatus, reason?: string): Promise<BackfillStatus | undefined>
  /** Records a run that was cut, with what it leaves out, once. False where another cut was made since. */
  cut(cut: NewCut): Promise<boolean>
  /** Accounts for what an ended run did not come to. */
  settle(runId: string, failures: readonly PartitionFailure[]): Promise<void>
  /** Puts what failed or was left out back into the plan. False where a cut was made since. */
  retry(retry: {
    readonly backfillId: string
    readonly cuts: number
    readonly plan: BackfillPlan
    readonly cursors: readonly StageCursor[]
  }): Promise<boolean>
  setConcurrency(backfillId: string, steps: number): Promise<void>
  /** What was not made of these assets, of these partitions where they are given: by asset the keys. */
  failedKeys(
    of: { readonly backfillId: string } | { readonly runId: string },
    assetKeys: readonly AssetKey[],
  ): Promise<ReadonlyMap<AssetKey, ReadonlySet<string>>>
  /** What may be put back into the plan: what was not made, but for that of runs which are not accounted for yet. */
  retriableKeys(backfillId: string): Promise<ReadonlyMap<AssetKey, ReadonlySet<string>>>
  /** What failed or was left out, in the order in which it was recorded. */
  failures(backfillId: string, limit: number): Promise<readonly RecordedPartitionFailure[]>
  /** Keys that a step has a record of: made, or not. */
  recordedKeys(runId: string, stepKey: string): Promise<{ readonly made: ReadonlySet<string>; readonly failed: ReadonlySet<string> }>
  /** Keys of an asset that a run has a record of. */
  recordedOf(runId: string, assetKey: AssetKey): Promise<ReadonlySet<string>>
  /** How long a partition of an asset takes, by its newest materializations. Unit: milliseconds; undefined where nothing is known. */
  partitionMs(assetKey: AssetKey): Promise<number | undefined>
}
