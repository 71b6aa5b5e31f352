import { Context } from '@temporalio/activity'
import type { StepActivities, StepReference } from '../workflows/activity-contract.ts'
import { AttemptClaim } from './attempt-claim.ts'
import { RunCache } from './run-cache.ts'
import { StepAttempt } from './step-attempt.ts'
import { recordedBefore } from './step-failure.ts'
import type { WorkerParts } from './worker-parts.ts'

/** The `materialize` activity: one attempt of one step. */
export function materializeActivity(parts: WorkerParts): StepActivities['materialize'] {
  const runs = new RunCache(parts.store)
  return async (step) => {
    const context = Context.current()
    const claim = new AttemptClaim(parts.store, startOf(step, context.info.attempt, parts.identity))
    if (step.first === true && context.info.attempt === 1) {
      claim.soon()
    } else {
      const answer = await claim.now()
      if (answer.kind === 'ended') return recordedBefore(step.stepKey, answer)
    }
    return new StepAttempt(parts, { run: await runs.get(step.runId), step, claim, context }).toItsEnd()
  }
}

function startOf({ runId, stepKey, assetKey }: StepReference, attempt: number, worker: string): AttemptClaim['start'] {
  return { runId, stepKey, assetKey, attempt, worker }
}
