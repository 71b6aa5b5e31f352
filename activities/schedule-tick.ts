import type { Context } from '@temporalio/activity'
import { isAssetryError } from '../definitions/errors.ts'
import type { Schedule } from '../definitions/schedule.ts'
import type { TickItemsGathered } from '../execution/tick-items.ts'
import type { InstigatorName } from '../metadata/stores/instigator-store.ts'
import type { RecordedRunRequest, TickClaim } from '../metadata/stores/tick-store.ts'
import type { ScheduleSnapshot } from '../planning/schedule-snapshot.ts'
import { dueTick, startedFor } from '../planning/schedule-ticks.ts'
import type { ScheduledWorkflow, ScheduleStep, ScheduleTickReference } from '../workflows/activity-contract.ts'
import { backfillWorkflowId, backfillWorkflowType, runWorkflowId, runWorkflowType } from '../workflows/names.ts'
import { idOf } from './id-of.ts'
import { recordedError } from './recorded-error.ts'
import { evaluatedSchedule, scheduleRequester } from './schedule-evaluation.ts'
import type { TickParts } from './tick-activities.ts'
import { launchableRequests, launchPending } from './tick-requests.ts'
import { TickScribe } from './tick-scribe.ts'

type Claimed = Extract<TickClaim, { kind: 'claimed' }>

export interface ScheduleTickOptions {
  /** Its launcher records runs and leaves their start to the tick's workflow. */
  readonly parts: TickParts
  readonly schedule: Schedule
  readonly snapshot: ScheduleSnapshot
  readonly tick: ScheduleTickReference
  readonly context: Context
}

/** One tick of a schedule: evaluates it, commits what it came to, records the runs it asked for. */
export class ScheduleTick {
  readonly #options: ScheduleTickOptions
  readonly #name: InstigatorName

  constructor(options: ScheduleTickOptions) {
    this.#options = options
    const { codeLocation, name } = options.tick
    this.#name = { codeLocation, kind: 'SCHEDULE', name }
  }

  async toItsEnd(): Promise<ScheduleStep> {
    const { parts, snapshot, tick } = this.#options
    const scheduled = Date.parse(tick.scheduledAt)
    const cause = tick.byHand === true ? 'by hand' : startedFor(snapshot.timing, scheduled)
    // The clocks show the time once more: the tick has been.
    if (cause === 'repeat') return nothing
    const at = new Date(cause === 'tick' ? dueTick(snapshot, scheduled, Date.now()) : scheduled)
    const tickId = tickIdOf(this.#name, at)
    const claim = await parts.store.ticks.begin({
      ...this.#name,
      tickId,
      scheduledAt: at,
      defaultStatus: snapshot.defaultStatus,
      worker: parts.identity,
      // Temporal has started it: there it is seen whether the schedule is paused.
      byHand: true,
    })
    const error = claim.kind === 'claimed' ? await this.#evaluated(claim, tickId, at) : undefined
    await launchPending(parts, this.#name)
    return this.#step(await parts.store.ticks.requestsOf(tickId), error)
  }

  /** Why it failed. */
  async #evaluated(claim: Claimed, tickId: string, at: Date): Promise<string | undefined> {
    const { parts, schedule, snapshot, context } = this.#options
    const scribe = new TickScribe(parts)
    try {
      const items = await evaluatedSchedule({ parts, schedule, snapshot, tickId, at, scribe, signal: context.cancellationSignal })
      await this.#commit(claim, items, { tickId, at, scribe })
      return undefined
    } catch (error) {
      if (context.cancellationSignal.aborted || (isAssetryError(error) && error.code === 'STORE_UNREACHABLE')) throw error
      const recorded = recordedError(error, parts.secrets)
      const failure = { error: recorded, logs: await scribe.lines(), stopAfter: null, stopReason: '' }
      await parts.store.ticks.fail({ tickId, fence: claim.fence }, failure)
      return recorded.message.slice(0, longestMessage)
    }
  }

  async #commit(
    { fence }: Claimed,
    items: TickItemsGathered,
    { tickId, at, scribe }: { readonly tickId: string; readonly at: Date; readonly scribe: TickScribe },
  ): Promise<void> {
    const { parts, schedule, snapshot, tick } = this.#options
    const requester = scheduleRequester(schedule, tickId)
    // A run key of a function counts within its tick, as Dagster's do.
    const scope = snapshot.hasFunction ? `${at.toISOString()} ` : ''
    const { codeLocation } = tick
    const requests = await launchableRequests(parts, { codeLocation, requester, requests: items.requests, added: new Map() })
    await parts.store.ticks.commit(tickId, fence, {
      requests: requests.map(({ runKey, request }) => ({ runKey: runKey === null ? null : `${scope}${runKey}`, request })),
      runKeys: { windowMs: null, failedRuns: 'skip' },
      skipReason: items.skipReason,
      logs: await scribe.lines(),
    })
  }

  async #step(requests: readonly RecordedRunRequest[], error: string | undefined): Promise<ScheduleStep> {
    const { overlap, pauseOnFailure } = this.#options.snapshot
    const launched = requests.filter(({ status }) => status === 'LAUNCHED')
    return {
      start: await Promise.all(launched.map((request) => this.#workflowOf(request))),
      waits: overlap !== 'allow' || pauseOnFailure,
      ends: overlap === 'terminateOther',
      ...(pauseOnFailure && { pauses: true as const }),
      ...(error !== undefined && { error }),
    }
  }

  async #workflowOf({ runId, backfillId, request }: RecordedRunRequest): Promise<ScheduledWorkflow> {
    const what = request.job === undefined ? (request.selection ?? '') : `job ${request.job}`
    const summary = `${what}${request.partitionKey === undefined ? '' : ` · ${request.partitionKey}`}`.slice(0, longestSummary)
    if (runId === null) {
      const id = backfillId ?? ''
      return { workflowType: backfillWorkflowType, workflowId: backfillWorkflowId(id), input: { backfillId: id }, summary }
    }
    const stepCount = (await this.#options.parts.store.runs.get(runId))?.stepCount ?? 0
    return { workflowType: runWorkflowType, workflowId: runWorkflowId(runId), input: { runId, stepCount }, summary }
  }
}

/** Longest text of a failure that goes to Temporal; the whole is in the metadata store. */
const longestMessage = 1_000

/** Characters of a workflow's summary. Temporal's API allows 400 bytes. */
const longestSummary = 100

const nothing: ScheduleStep = { start: [], waits: false, ends: false }

/** A schedule has one tick for each time, whoever begins it. */
function tickIdOf({ codeLocation, name }: InstigatorName, at: Date): string {
  return idOf(JSON.stringify([codeLocation, name, at.toISOString()]))
}
