import { ActivityNotFoundError, AsyncCompletionClient, type Client, WorkflowNotFoundError } from '@temporalio/client'
import { ApplicationFailure } from '@temporalio/common'
import pMap from 'p-map'
import type { MetadataStore } from '../metadata/metadata-store.ts'
import { runWorkflowId, sensorWorkflowId } from '../workflows/names.ts'

/** Temporal's number for an activity that a worker has in hand. */
const startedState = 2

/** Workflows that are looked at at a time. */
const looksAtATime = 20

/**
 * Tells Temporal at once that a worker is dead and what it had in hand must go to another one, instead of after the heartbeat
 * timeout: steps of runs and evaluations of sensors. Only for a caller that knows: the process with that identity has ended.
 *
 * @returns how many were given back
 */
export async function giveBackSteps(parts: { readonly store: MetadataStore; readonly client: Client }, identity: string): Promise<number> {
  const [runs, sensors] = await Promise.all([parts.store.runs.open(), sensorWorkflows(parts.store)])
  const workflowIds = [...runs.map(({ runId }) => runWorkflowId(runId)), ...sensors]
  const counts = await pMap(workflowIds, (workflowId) => giveBack(parts.client, workflowId, identity), { concurrency: looksAtATime })
  return counts.reduce((sum, count) => sum + count, 0)
}

async function sensorWorkflows(store: MetadataStore): Promise<readonly string[]> {
  const locations = await store.codeLocations.list()
  return locations.flatMap(({ name, snapshot }) => (snapshot.sensors ?? []).map((sensor) => sensorWorkflowId(name, sensor.name)))
}

async function giveBack(client: Client, workflowId: string, identity: string): Promise<number> {
  const activities = new AsyncCompletionClient({ connection: client.connection, namespace: client.options.namespace })
  let count = 0
  for (const activityId of await inHand(client, workflowId, identity)) {
    try {
      await activities.fail({ workflowId, activityId }, lost(identity))
      count += 1
    } catch (error) {
      if (!(error instanceof ActivityNotFoundError)) throw error
    }
  }
  return count
}

async function inHand(client: Client, workflowId: string, identity: string): Promise<readonly string[]> {
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
  return ApplicationFailure.create({ message: `worker ${identity} ended while it was at this`, type: 'WorkerLost', nextRetryDelay: 1 })
}
