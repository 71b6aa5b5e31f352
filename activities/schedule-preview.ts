import type { Context } from '@temporalio/activity'
import type { Schedule } from '../definitions/schedule.ts'
import type { ScheduleSnapshot } from '../planning/schedule-snapshot.ts'
import { nextTick } from '../planning/schedule-ticks.ts'
import type { PreviewTickInput, TickPreview } from '../workflows/tick-preview.ts'
import { recordedError } from './recorded-error.ts'
import { evaluatedSchedule, scheduleRequester } from './schedule-evaluation.ts'
import type { TickParts } from './tick-activities.ts'
import { checkedRequests } from './tick-requests.ts'
import { TickScribe } from './tick-scribe.ts'

/** What a tick of a schedule would come to: of the next one, where no time is given. Nothing of it is kept. */
export async function previewedSchedule(
  parts: TickParts,
  { schedule, snapshot }: { readonly schedule: Schedule; readonly snapshot: ScheduleSnapshot },
  { codeLocation, scheduledAt }: PreviewTickInput,
  context: Context,
): Promise<TickPreview> {
  const at = scheduledAt === undefined ? new Date(nextTick(snapshot.timing, Date.now())) : new Date(scheduledAt)
  const scribe = new TickScribe({ ...parts, onOutput: () => undefined })
  try {
    const items = await evaluatedSchedule({
      parts,
      schedule,
      snapshot,
      tickId: 'preview',
      at,
      scribe,
      signal: context.cancellationSignal,
    })
    const requester = scheduleRequester(schedule, 'preview')
    return {
      scheduledAt: at.toISOString(),
      requests: await checkedRequests(parts, { codeLocation, requester, requests: items.requests, added: new Map() }),
      skipReason: items.skipReason,
      cursor: null,
      error: null,
      logs: await scribe.lines(),
    }
  } catch (error) {
    const failure = recordedError(error, parts.secrets)
    return { scheduledAt: at.toISOString(), requests: [], skipReason: null, cursor: null, error: failure, logs: await scribe.lines() }
  }
}
