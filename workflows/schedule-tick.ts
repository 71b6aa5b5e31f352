import {
  ApplicationFailure,
  isCancellation,
  ParentClosePolicy,
  proxyActivities,
  proxyLocalActivities,
  sleep,
  startChild,
  workflowInfo,
} from '@temporalio/workflow'
import { defineSearchAttributeKey } from '@temporalio/common'
import type { ScheduledWorkflow, ScheduleStep, TickActivities, TickBookkeeping } from './activity-contract.ts'
import { ticksTaskQueueOf } from './names.ts'
import type { ScheduleTickInput } from './run-input.ts'

/** Longest time of one evaluation, its launches included. The schedule's own timeout, which its activity keeps, is far below. */
const longestEvaluation = '1 day'
/** An evaluation whose worker is lost begins anew after this time. */
const heartbeatTimeout = '15 seconds'
/** Workflows that are started at a time. */
const startsAtATime = 20
/** How often it asks about a run that somebody else has started. */
const askAboutOthers = '10 seconds'

const startTime = defineSearchAttributeKey('TemporalScheduledStartTime', 'DATETIME')

const bookkeeping = proxyLocalActivities<TickBookkeeping>({
  startToCloseTimeout: '1 minute',
  retry: { initialInterval: '100 milliseconds', maximumInterval: '10 seconds' },
})

/**
 * One tick of a schedule: evaluates it, starts the runs that it asked for, and lasts as long as they do where the schedule's overlap
 * policy or its pause on failure asks for that. Started by a Temporal Schedule.
 */
export async function scheduleTick(input: ScheduleTickInput): Promise<void> {
  const { codeLocation, name, byHand } = input
  const { evaluateSchedule } = proxyActivities<TickActivities>({
    taskQueue: ticksTaskQueueOf(codeLocation),
    startToCloseTimeout: longestEvaluation,
    heartbeatTimeout,
    retry: { initialInterval: '200 milliseconds', backoffCoefficient: 2, maximumInterval: '10 seconds' },
  })
  const step = await evaluateSchedule({ codeLocation, name, scheduledAt: input.scheduledAt ?? scheduledTime(), ...(byHand && { byHand }) })
  const failed = await runsOf(step)
  if (step.error !== undefined) throw ApplicationFailure.nonRetryable(step.error, 'TickFailed')
  if (failed.length > 0) throw ApplicationFailure.nonRetryable(`failed: ${failed.join(', ')}`, 'ScheduledRunFailed')
}

/** The time that the tick is for, which Temporal gives to what its schedules start; a workflow that was started by hand is for now. */
function scheduledTime(): string {
  return (workflowInfo().typedSearchAttributes.get(startTime) ?? workflowInfo().startTime).toISOString()
}

/** Starts the runs of a tick; those that failed, where it waits for them. */
async function runsOf(step: ScheduleStep): Promise<readonly string[]> {
  const failed: string[] = []
  const left = [...step.start]
  const work = async (): Promise<void> => {
    for (let next = left.shift(); next !== undefined; next = left.shift()) {
      if (!(await succeeds(next, step))) failed.push(next.workflowId)
    }
  }
  // A tick that waits has all its runs at work; one that does not starts them some at a time.
  await Promise.all(Array.from({ length: step.waits ? left.length : startsAtATime }, work))
  return failed
}

/** True where nobody waits for it. */
async function succeeds(workflow: ScheduledWorkflow, { waits, ends }: ScheduleStep): Promise<boolean> {
  let child
  try {
    child = await startChild(workflow.workflowType, {
      workflowId: workflow.workflowId,
      workflowIdReusePolicy: 'REJECT_DUPLICATE',
      parentClosePolicy: ends ? ParentClosePolicy.TERMINATE : ParentClosePolicy.ABANDON,
      staticSummary: workflow.summary,
      args: [workflow.input],
    })
  } catch (error) {
    if (isCancellation(error)) throw error
    // Started before, by another execution or by a worker's reconciler: its end shows in the store.
    return waits ? othersSuccess(workflow) : true
  }
  if (!waits) return true
  try {
    await child.result()
    return true
  } catch (error) {
    if (isCancellation(error)) throw error
    return false
  }
}

async function othersSuccess({ workflowId }: ScheduledWorkflow): Promise<boolean> {
  for (;;) {
    const end = await bookkeeping.scheduledWorkflowEnd({ workflowId })
    if (end !== null) return end !== 'FAILURE'
    await sleep(askAboutOthers)
  }
}
