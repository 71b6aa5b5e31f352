import type { RunActivities } from '../workflows/activity-contract.ts'
import type { WorkerParts } from './worker-parts.ts'

/** Bookkeeping of runs. Each may be repeated: the store does it once. */
export function runActivities({ store }: Pick<WorkerParts, 'store'>): RunActivities {
  return {
    loadPlan: ({ runId, from, count }) => store.runs.planSteps(runId, from, count),
    recordRunStarted: ({ runId }) => store.runs.started(runId),
    recordRunEnded: (end) => store.runs.ended({ ...end, reason: null }),
  }
}
