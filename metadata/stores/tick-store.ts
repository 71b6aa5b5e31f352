import type { InstigatorStatus, RunKeyPolicy } from '../../definitions/sensor-options.ts'
import type { RunConfig } from '../../definitions/config.ts'
import type { InstigatorName } from './instigator-store.ts'
import type { Page, PageRequest } from './page.ts'
import type { RecordedError } from './recorded-error.ts'
import type { NewReport } from './report-store.ts'
import type { LogLine } from './step-store.ts'

export type TickStatus = 'STARTED' | 'SUCCESS' | 'SKIPPED' | 'FAILURE'

/** A run request as it is kept: what a launch needs. */
export interface RequestedRun {
  readonly job?: string
  readonly selection?: string
  readonly partitionKey?: string
  /** Given for a backfill. */
  readonly partitions?: readonly string[]
  readonly runConfig?: RunConfig
  readonly tags?: Readonly<Record<string, string>>
}

/** What came of a run request. DUPLICATE: its run key came before. FAILED: it could not be launched. */
export type RunRequestStatus = 'PENDING' | 'LAUNCHED' | 'DUPLICATE' | 'FAILED'

export interface RecordedRunRequest {
  readonly tickId: string
  /** Its place among the tick's, from 0. */
  readonly position: number
  readonly runKey: string | null
  readonly request: RequestedRun
  readonly status: RunRequestStatus
  readonly runId: string | null
  readonly backfillId: string | null
  readonly error: RecordedError | null
}

export interface Tick extends InstigatorName {
  readonly tickId: string
  readonly status: TickStatus
  /** Of a schedule: the time that it is for. */
  readonly scheduledAt: Date | null
  readonly startedAt: Date
  readonly endedAt: Date | null
  readonly cursorBefore: string | null
  readonly cursorAfter: string | null
  readonly skipReason: string | null
  readonly error: RecordedError | null
  /** How many runs it asked for, duplicates among them. */
  readonly requests: number
  readonly duplicates: number
  /** How many events it took. */
  readonly events: number
}

export interface NewTick extends InstigatorName {
  readonly tickId: string
  readonly defaultStatus: InstigatorStatus
  readonly scheduledAt?: Date
  readonly worker: string
  /** Goes on although it is stopped. */
  readonly byHand?: boolean
}

export type TickClaim =
  | { readonly kind: 'stopped' }
  | {
      readonly kind: 'claimed'
      /** Whoever commits says which number he was given. */
      readonly fence: number
      readonly cursor: string | null
      readonly failures: number
      readonly lastTickAt: Date | null
      readonly lastRunKey: string | null
    }
  /** It was committed, or failed, before. */
  | { readonly kind: 'ended'; readonly status: Exclude<TickStatus, 'STARTED'>; readonly failures: number }

/** What a tick came to. */
export interface TickOutcome {
  readonly requests: readonly { readonly runKey: string | null; readonly request: RequestedRun }[]
  readonly runKeys: RunKeyPolicy
  readonly skipReason: string | null
  /** @default unchanged */
  readonly cursor?: string
  /** Numbers of the events that it took. */
  readonly events?: readonly string[]
  /** Events that its sensor's schema refuses. */
  readonly refused?: readonly { readonly number: string; readonly error: RecordedError }[]
  /** Changes of dynamic partitions, made before the runs begin. */
  readonly partitions?: readonly { readonly name: string; readonly add: readonly string[]; readonly remove: readonly string[] }[]
  /** What happened elsewhere; each `key` is recorded once. */
  readonly reports?: readonly { readonly report: NewReport; readonly key: string }[]
  readonly logs: readonly LogLine[]
}

export interface TickStore {
  /** Begins a tick, or a further evaluation of one that was not committed. Of a sensor only one is at work at a time. */
  begin(tick: NewTick): Promise<TickClaim>
  /** Commits a tick with its cursor, its requests and everything else, all or nothing. False where another evaluation has taken it over. */
  commit(tickId: string, fence: number, outcome: TickOutcome): Promise<boolean>
  /** Keeps nothing of a tick but its error. `stopAfter` in a row stop the instigator. How many there were in a row. */
  fail(
    tick: { readonly tickId: string; readonly fence: number },
    failure: {
      readonly error: RecordedError
      readonly logs: readonly LogLine[]
      readonly stopAfter: number | null
      readonly stopReason: string
    },
  ): Promise<number>
  /** Run requests that were committed and not launched, oldest first. */
  pending(name: InstigatorName, limit: number): Promise<readonly RecordedRunRequest[]>
  /** Says what became of a run request. */
  settle(
    request: { readonly tickId: string; readonly position: number },
    came: { readonly runId: string } | { readonly backfillId: string } | { readonly error: RecordedError },
  ): Promise<void>
  get(tickId: string): Promise<Tick | undefined>
  /** Newest first. */
  list(filter: InstigatorName & { readonly statuses?: readonly TickStatus[] }, page: PageRequest): Promise<Page<Tick>>
  /** The newest tick of each instigator. */
  newest(): Promise<readonly Tick[]>
  requestsOf(tickId: string): Promise<readonly RecordedRunRequest[]>
  logsOf(tickId: string): Promise<readonly LogLine[]>
  /** Forgets ticks that ended and events that were taken before these times. At most 10,000 of each at a time. */
  prune(before: { readonly skipped: Date; readonly others: Date; readonly events: Date }): Promise<void>
}
