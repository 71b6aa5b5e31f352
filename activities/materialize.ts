import { Context } from '@temporalio/activity'
import type { StepActivities, StepReference, StepResult } from '../workflows/activity-contract.ts'
import { RunCache } from './run-cache.ts'
import { StepAttempt } from './step-attempt.ts'
import { stepFailedForGood } from './step-failure.ts'
import type { WorkerParts } from './worker-parts.ts'

/** The `materialize` activity: one attempt of one step. */
export function materializeActivity(parts: WorkerParts): StepActivities['materialize'] {
  const runs = new RunCache(parts.store)
  return async (step) => {
    const context = Context.current()
    const claim = await parts.store.steps.start({ ...step, attempt: context.info.attempt, worker: parts.identity })
    if (claim.kind === 'ended') return endedBefore(step, claim.status, claim.error?.message)
    return new StepAttempt(parts, { run: await runs.get(step.runId), step, claim, context }).toItsEnd()
  }
}

/** The step had been recorded when this attempt began: its function is not called again. */
function endedBefore(step: StepReference, status: string, message: string | undefined): StepResult {
  if (status === 'SUCCESS') return { recordedBefore: true }
  throw stepFailedForGood(`step "${step.stepKey}" had ended before as ${status}${message === undefined ? '' : `: ${message}`}`)
}
