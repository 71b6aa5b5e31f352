import { type Client, type WorkflowExecutionStatusName, WorkflowNotFoundError } from '@temporalio/client'

/** How a workflow stands in Temporal; undefined where there is none. */
export async function workflowStatus(client: Client, workflowId: string): Promise<WorkflowExecutionStatusName | undefined> {
  try {
    return (await client.workflow.getHandle(workflowId).describe()).status.name
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return undefined
    throw error
  }
}
