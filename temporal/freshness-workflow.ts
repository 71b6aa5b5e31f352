import { type Client, WorkflowNotFoundError } from '@temporalio/client'
import { freshnessChangedSignal, freshnessWorkflowId, freshnessWorkflowType, taskQueueOf } from '../workflows/names.ts'
import type { FreshnessInput } from '../workflows/run-input.ts'

/** Starts the workflow that looks how fresh the assets of a code location are. May be repeated: there is one at most. */
export async function startFreshnessWorkflow(client: Client, codeLocation: string): Promise<void> {
  const input: FreshnessInput = { codeLocation }
  await client.workflow.start(freshnessWorkflowType, {
    workflowId: freshnessWorkflowId(codeLocation),
    taskQueue: taskQueueOf(codeLocation),
    workflowIdReusePolicy: 'ALLOW_DUPLICATE',
    workflowIdConflictPolicy: 'USE_EXISTING',
    staticSummary: `Freshness of the assets of ${codeLocation}`.slice(0, 200),
    args: [input],
  })
}

/** Tells it that an asset was updated, or that there are other policies. Where there is no workflow, nobody needs to be told. */
export async function tellFreshness(client: Client, codeLocation: string): Promise<void> {
  try {
    await client.workflow.getHandle(freshnessWorkflowId(codeLocation)).signal(freshnessChangedSignal)
  } catch (error) {
    if (!(error instanceof WorkflowNotFoundError)) throw error
  }
}
