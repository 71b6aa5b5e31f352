import type { Client } from '@temporalio/client'
import type { MetadataStore } from '../metadata/metadata-store.ts'
import type { Backfill } from '../metadata/stores/backfill-store.ts'
import { backfillWorkflowId } from '../workflows/names.ts'
import { startBackfillWorkflow } from './backfill-workflow.ts'
import { workflowStatus } from './workflow-status.ts'

/** A backfill younger than this may be in the hands of the process that starts it. Unit: milliseconds. */
const launchTimeMs = 5_000

/** What the reconciler did about a backfill. */
export interface ReconciledBackfill {
  readonly backfillId: string
  readonly action: 'started' | 'ended'
  readonly why: string
}

/**
 * Compares the backfills that the store holds for open with Temporal: starts the workflow of one whose launch was cut short
 * or whose server was wiped, and ends one whose workflow was ended from outside, with its runs. May run anywhere, any number
 * of times.
 */
export async function reconcileBackfills(parts: {
  readonly store: MetadataStore
  readonly client: Client
}): Promise<readonly ReconciledBackfill[]> {
  const done: ReconciledBackfill[] = []
  for (const backfill of await parts.store.backfills.open()) {
    if (Date.now() - backfill.createdAt.getTime() < launchTimeMs) continue
    const reconciled = await reconcile(parts, backfill)
    if (reconciled !== undefined) done.push(reconciled)
  }
  return done
}

async function reconcile(
  { store, client }: { readonly store: MetadataStore; readonly client: Client },
  backfill: Backfill,
): Promise<ReconciledBackfill | undefined> {
  const { backfillId } = backfill
  const status = await workflowStatus(client, backfillWorkflowId(backfillId))
  if (status === 'RUNNING' || status === 'CONTINUED_AS_NEW' || status === 'PAUSED') return undefined
  if (status === undefined || status === 'COMPLETED') {
    await startBackfillWorkflow(client, backfill)
    return { backfillId, action: 'started', why: 'it had no workflow in Temporal' }
  }
  const why = `its workflow ended in Temporal as ${status}`
  const work = await store.backfills.work(backfillId)
  // Recorded as CANCELING, the runs are cancelled by the reconciler of runs.
  for (const run of work?.runs ?? []) await store.runs.canceling(run.runId)
  await store.backfills.move(backfillId, ['QUEUED', 'STARTED', 'PAUSED', 'CANCELING'], status === 'CANCELLED' ? 'CANCELED' : 'FAILURE', why)
  return { backfillId, action: 'ended', why }
}
