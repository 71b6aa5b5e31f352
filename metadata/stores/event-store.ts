import type { AssetKey } from '../../definitions/asset-key.ts'

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
