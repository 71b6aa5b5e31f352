import { Context } from '@temporalio/activity'
import { isAssetryError } from '../definitions/errors.ts'
import type { StepActivities, StepReference, StepResult } from '../workflows/activity-contract.ts'
import { AttemptClaim } from './attempt-claim.ts'
import { Heartbeat } from './heartbeat.ts'
import { RunCache } from './run-cache.ts'
import { StepAttempt } from './step-attempt.ts'
import { recordedBefore, stepFailedForGood } from './step-failure.ts'
import type { WorkerParts } from './worker-parts.ts'

/** The `materialize` activity: one attempt of one step. */
export function materializeActivity(parts: WorkerParts): StepActivities['materialize'] {
  const runs = new RunCache(parts.store)
  return async (step) => {
    const context = Context.current()
    // From the first line to the record: the store may be away for long, and a live attempt must not count as lost.
    const heartbeat = new Heartbeat(context, parts.secrets)
    try {
      return await attempt(step, context, heartbeat)
    } catch (error) {
      throw isAssetryError(error) && error.code === 'UNKNOWN_RUN' ? stepFailedForGood(error.message) : error
    } finally {
      heartbeat.stop()
    }
  }

  async function attempt(step: StepReference, context: Context, heartbeat: Heartbeat): Promise<StepResult> {
    const claim = new AttemptClaim(parts.store, startOf(step, context.info.attempt, parts.identity))
    if (step.first === true && context.info.attempt === 1) {
      claim.soon()
    } else {
      const answer = await claim.now()
      if (answer.kind === 'ended') return recordedBefore(step.stepKey, answer)
    }
    return new StepAttempt(parts, { run: await runs.get(step.runId), step, claim, context, heartbeat }).toItsEnd()
  }
}

function startOf({ runId, stepKey, assetKey }: StepReference, attempt: number, worker: string): AttemptClaim['start'] {
  return { runId, stepKey, kind: 'materialize', assetKey: assetKey ?? null, attempt, worker }
}
