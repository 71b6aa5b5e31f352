import type { Client } from '@temporalio/client'
import type { MetadataStore } from '../metadata/metadata-store.ts'
import { freshnessWorkflowId } from '../workflows/names.ts'
import { startFreshnessWorkflow } from './freshness-workflow.ts'
import { workflowStatus } from './workflow-status.ts'

/**
 * Starts the workflow that looks how fresh the assets of a code location are, where one of them has a policy and it isn't
 * running. May run anywhere, any number of times.
 *
 * @returns whether it was started
 */
export async function reconcileFreshness(
  { store, client }: { readonly store: MetadataStore; readonly client: Client },
  codeLocation: string,
): Promise<boolean> {
  const location = (await store.codeLocations.list()).find(({ name }) => name === codeLocation)
  if (location?.snapshot.assets.every(({ freshness }) => freshness === undefined) ?? true) return false
  const status = await workflowStatus(client, freshnessWorkflowId(codeLocation))
  if (status === 'RUNNING' || status === 'CONTINUED_AS_NEW' || status === 'PAUSED') return false
  await startFreshnessWorkflow(client, codeLocation)
  return true
}
