import { type Client, WorkflowExecutionAlreadyStartedError, WorkflowNotFoundError } from '@temporalio/client'
import type { Backfill } from '../metadata/stores/backfill-store.ts'
import { backfillChangedSignal, backfillWorkflowId, backfillWorkflowType, taskQueueOf } from '../workflows/names.ts'
import type { BackfillInput } from '../workflows/run-input.ts'

/** Starts the workflow of a recorded backfill, or of one that was retried after its end. May be repeated. */
export async function startBackfillWorkflow(client: Client, backfill: Backfill): Promise<void> {
  const { backfillId, codeLocation, jobName, selection, priority } = backfill
  const input: BackfillInput = { backfillId }
  const targeted = backfill.assets.reduce((sum, asset) => sum + asset.targeted, 0)
  try {
    await client.workflow.start(backfillWorkflowType, {
      workflowId: backfillWorkflowId(backfillId),
      taskQueue: taskQueueOf(codeLocation),
      workflowIdReusePolicy: 'ALLOW_DUPLICATE',
      workflowIdConflictPolicy: 'USE_EXISTING',
      staticSummary: `${jobName === null ? selection : `job ${jobName}`} · ${targeted} partitions`.slice(0, 200),
      ...(priority !== null && { priority: { priorityKey: priority } }),
      args: [input],
    })
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error
  }
}

/** Tells a backfill's workflow that it was changed in the store. Where there is none, nobody needs to be told. */
export async function tellBackfill(client: Client, backfillId: string): Promise<void> {
  try {
    await client.workflow.getHandle(backfillWorkflowId(backfillId)).signal(backfillChangedSignal)
  } catch (error) {
    if (!(error instanceof WorkflowNotFoundError)) throw error
  }
}
