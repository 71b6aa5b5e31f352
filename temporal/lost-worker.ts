import { ActivityNotFoundError, AsyncCompletionClient, type Client, WorkflowNotFoundError } from '@temporalio/client'
import { ApplicationFailure } from '@temporalio/common'
import type { MetadataStore } from '../metadata/metadata-store.ts'
import { runWorkflowId } from '../workflows/names.ts'

/** Temporal's number for an activity that a worker has in hand. */
const startedState = 2

/**
 * Tells Temporal at once that a worker is dead and its steps must go to another one, instead of after their heartbeat
 * timeout. Only for a caller that knows: the process with that identity has ended.
 *
 * @returns how many steps were given back
 */
export async function giveBackSteps(parts: { readonly store: MetadataStore; readonly client: Client }, identity: string): Promise<number> {
  const open = await parts.store.runs.open()
  const counts = await Promise.all(open.map((run) => giveBackStepsOf(parts.client, run.runId, identity)))
  return counts.reduce((sum, count) => sum + count, 0)
}

async function giveBackStepsOf(client: Client, runId: string, identity: string): Promise<number> {
  const workflowId = runWorkflowId(runId)
  const activities = new AsyncCompletionClient({ connection: client.connection, namespace: client.options.namespace })
  let count = 0
  for (const activityId of await stepsInHand(client, workflowId, identity)) {
    try {
      await activities.fail({ workflowId, activityId }, lost(identity))
      count += 1
    } catch (error) {
      if (!(error instanceof ActivityNotFoundError)) throw error
    }
  }
  return count
}

async function stepsInHand(client: Client, workflowId: string, identity: string): Promise<readonly string[]> {
  try {
    const { raw } = await client.workflow.getHandle(workflowId).describe()
    return (raw.pendingActivities ?? []).flatMap((activity) => {
      const held = activity.state === startedState && activity.lastWorkerIdentity === identity
      return held && typeof activity.activityId === 'string' ? [activity.activityId] : []
    })
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return []
    throw error
  }
}

function lost(identity: string): ApplicationFailure {
  return ApplicationFailure.create({ message: `worker ${identity} ended while it ran this step`, type: 'WorkerLost', nextRetryDelay: 1 })
}
