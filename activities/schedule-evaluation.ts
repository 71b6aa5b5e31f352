import type { Schedule } from '../definitions/schedule.ts'
import { scheduleItems } from '../definitions/schedule-items.ts'
import { evaluateTick } from '../execution/tick-evaluation.ts'
import { tickItems, type TickItemsGathered } from '../execution/tick-items.ts'
import { partitionsAt } from '../metadata/partitions-at.ts'
import { scheduledRequests } from '../planning/scheduled-partitions.ts'
import type { ScheduleSnapshot } from '../planning/schedule-snapshot.ts'
import { cronAt } from '../planning/schedule-ticks.ts'
import type { Requester } from './tick-requests.ts'
import type { TickScribe } from './tick-scribe.ts'
import type { WorkerParts } from './worker-parts.ts'

/** What an evaluation of a schedule begins with. */
export interface ScheduleEvaluationOptions {
  readonly parts: Pick<WorkerParts, 'definitions' | 'resources' | 'store'>
  readonly schedule: Schedule
  readonly snapshot: ScheduleSnapshot
  readonly tickId: string
  /** The time that the tick is for. */
  readonly at: Date
  readonly scribe: TickScribe
  readonly signal: AbortSignal
}

/** What a schedule asks for at a time: by its function, or else one run, or its partitions. @throws what the function throws, `TICK_TIMED_OUT`, `TICK_RESULT_INVALID` */
export async function evaluatedSchedule(options: ScheduleEvaluationOptions): Promise<TickItemsGathered> {
  const { parts, schedule, snapshot, tickId, at, scribe, signal } = options
  const owner = scheduleOwner(schedule)
  const { evaluate } = schedule
  if (evaluate === undefined) {
    const { partitions } = snapshot
    return tickItems(owner, scheduledRequests(snapshot, await partitionsAt(parts.store, partitions === null ? [] : [partitions], at)))
  }
  const { definitions, resources } = parts
  const { log, output } = scribe
  const host = { definitions, resources, tickId, owner, instigator: schedule, log, output, signal, now: new Date() }
  return evaluateTick(host, async (base) =>
    scheduleItems(
      await evaluate({
        ...base,
        scheduleName: schedule.name,
        scheduledTime: at,
        cron: cronAt(snapshot.timing, at.getTime()),
      } as never),
    ),
  )
}

function scheduleOwner({ name }: Schedule): string {
  return `schedule "${name}"`
}

/** What a schedule's requests have in common. */
export function scheduleRequester(schedule: Schedule, tickId: string): Requester {
  const { name, target, tags, runConfig } = schedule
  const origin = { 'assetry/schedule': name, 'assetry/tick': tickId }
  return { owner: scheduleOwner(schedule), target, tags, origin, ...(runConfig !== undefined && { runConfig }) }
}
