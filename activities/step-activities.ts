import { Context } from '@temporalio/activity'
import { isAssetryError } from '../definitions/errors.ts'
import type { StepClaim, StepStart } from '../metadata/stores/step-store.ts'
import type { StepKind } from '../planning/run-plan.ts'
import type { StepActivities, StepReference, StepResult } from '../workflows/activity-contract.ts'
import { AttemptClaim } from './attempt-claim.ts'
import { Heartbeat } from './heartbeat.ts'
import { RunCache } from './run-cache.ts'
import { StepAttempt } from './step-attempt.ts'
import { recordedBefore, stepFailedForGood } from './step-failure.ts'
import type { WorkerParts } from './worker-parts.ts'

/** The activities that do steps: one attempt of one step each. They differ in their names, for people who look at a history. */
export function stepActivities(parts: WorkerParts): StepActivities {
  const runs = new RunCache(parts.store)
  const activity = (kind: StepKind) => (step: StepReference) => attempted(parts, runs, kind, step)
  return { materialize: activity('materialize'), runOp: activity('op'), checkAsset: activity('check'), observe: activity('observe') }
}

async function attempted(parts: WorkerParts, runs: RunCache, kind: StepKind, step: StepReference): Promise<StepResult> {
  const context = Context.current()
  // From the first line to the record: the store may be away for long, and a live attempt must not count as lost.
  const heartbeat = new Heartbeat(context, parts.secrets)
  try {
    const claim = new AttemptClaim(parts.store, startOf(step, kind, context.info.attempt, parts.identity))
    if (step.first === true && context.info.attempt === 1) {
      claim.soon()
    } else {
      const answer = await claim.now()
      if (answer.kind === 'ended') return endedBefore(step, answer)
    }
    return await new StepAttempt(parts, { run: await runs.get(step.runId), kind, step, claim, context, heartbeat }).toItsEnd()
  } catch (error) {
    throw isAssetryError(error) && error.code === 'UNKNOWN_RUN' ? stepFailedForGood(error.message) : error
  } finally {
    heartbeat.stop()
  }
}

/** The failure of a step with partitions of its own is theirs. */
function endedBefore({ stepKey, partitions }: StepReference, answer: Extract<StepClaim, { kind: 'ended' }>): StepResult {
  if (partitions !== undefined && answer.status === 'FAILURE') return { recordedBefore: true, failedPartitions: 1 }
  return recordedBefore(stepKey, answer)
}

function startOf(
  { runId, stepKey, assetKey, assetKeys, partitions }: StepReference,
  kind: StepKind,
  attempt: number,
  worker: string,
): StepStart {
  return {
    runId,
    stepKey,
    kind,
    assetKey: assetKey ?? null,
    ...(assetKeys !== undefined && { assetKeys }),
    ...(partitions !== undefined && { partitions }),
    attempt,
    worker,
  }
}
