import { endedBackfillStatuses } from '../metadata/stores/backfill-store.ts'
import { endedRunStatuses } from '../metadata/stores/run-store.ts'
import type { TickBookkeeping } from '../workflows/activity-contract.ts'
import { backfillWorkflowId, runWorkflowId } from '../workflows/names.ts'
import type { WorkerParts } from './worker-parts.ts'

/** What a tick's workflow asks the store about. */
export function tickBookkeeping({ store }: Pick<WorkerParts, 'store'>): TickBookkeeping {
  return {
    scheduledWorkflowEnd: async ({ workflowId }) => {
      const runId = afterPrefix(workflowId, runWorkflowId(''))
      if (runId !== undefined) {
        const status = (await store.runs.get(runId))?.status
        return endedRunStatuses.find((each) => each === status) ?? null
      }
      const status = (await store.backfills.get(afterPrefix(workflowId, backfillWorkflowId('')) ?? ''))?.status
      return endedBackfillStatuses.find((each) => each === status) ?? null
    },
  }
}

function afterPrefix(text: string, prefix: string): string | undefined {
  return text.startsWith(prefix) ? text.slice(prefix.length) : undefined
}
