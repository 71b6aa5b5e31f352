import { ApplicationFailure } from '@temporalio/common'
import { isAssetryError } from '../definitions/errors.ts'
import type { RunActivities } from '../workflows/activity-contract.ts'
import { planPage } from './plan-page.ts'
import type { WorkerParts } from './worker-parts.ts'

/** Bookkeeping of runs. Each may be repeated: the store does it once. */
export function runActivities({ store }: Pick<WorkerParts, 'store'>): RunActivities {
  return {
    loadPlan: async ({ runId, from, count }) => planPage(await store.runs.planSteps(runId, from, count)),
    loadOutputs: async ({ runId, stepKeys }) => {
      const ended = await store.steps.ended(runId, stepKeys)
      return stepKeys.map((key) => ended.get(key)?.outputs ?? null)
    },
    recordRunStarted: ({ runId }) => ofKnownRun(store.runs.started(runId)),
    recordRunEnded: (end) => ofKnownRun(store.runs.ended({ ...end, reason: null })),
  }
}

/** A run that the store doesn't know (it was wiped, or is another one) can't be recorded however often it is tried. */
async function ofKnownRun(recorded: Promise<void>): Promise<void> {
  try {
    await recorded
  } catch (error) {
    if (isAssetryError(error) && error.code === 'UNKNOWN_RUN') throw ApplicationFailure.nonRetryable(error.message, error.code)
    throw error
  }
}
