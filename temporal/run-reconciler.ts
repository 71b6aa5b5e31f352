import type { Client, WorkflowExecutionStatusName } from '@temporalio/client'
import type { MetadataStore } from '../metadata/metadata-store.ts'
import type { Run } from '../metadata/stores/run-store.ts'
import { runWorkflowId } from '../workflows/names.ts'
import { startRunWorkflow } from './run-workflow.ts'
import { workflowStatus } from './workflow-status.ts'

/** A run younger than this may be in the hands of the process that starts it. Unit: milliseconds. */
const launchTimeMs = 5_000

/** What the reconciler did about a run. */
export interface Reconciled {
  readonly runId: string
  readonly action: 'started' | 'ended'
  readonly why: string
}

/**
 * Compares the runs that the store holds for open with Temporal: starts the workflow of a run whose launch was cut short
 * or whose server was wiped, and ends a run whose workflow was ended from outside. May run anywhere, any number of times.
 */
export async function reconcileRuns(parts: { readonly store: MetadataStore; readonly client: Client }): Promise<readonly Reconciled[]> {
  const open = await parts.store.runs.open()
  const done: Reconciled[] = []
  // What is wrong with one run must not keep the others waiting.
  const errors: unknown[] = []
  for (const run of open) {
    if (Date.now() - run.createdAt.getTime() < launchTimeMs) continue
    // A backfill starts its runs itself, when it isn't paused.
    if (run.backfillId !== null && run.status === 'QUEUED') continue
    const reconciled = await reconcile(parts, run).catch((error: unknown) => void errors.push(error))
    if (reconciled !== undefined) done.push(reconciled)
  }
  if (errors.length > 0 && done.length === 0) throw errors[0]
  return done
}

async function reconcile(parts: { readonly store: MetadataStore; readonly client: Client }, run: Run): Promise<Reconciled | undefined> {
  const status = await workflowStatus(parts.client, runWorkflowId(run.runId))
  if (status === 'RUNNING' || status === 'CONTINUED_AS_NEW' || status === 'PAUSED') return cancelAgain(parts, run)
  if (status === undefined) return startAgain(parts, run)
  const end = endOf(status)
  await parts.store.runs.ended({ runId: run.runId, ...end, skipped: [] })
  return { runId: run.runId, action: 'ended', why: end.reason }
}

/** The process that recorded CANCELING may have died, or found no Temporal, before it could say so there. */
async function cancelAgain(parts: { readonly client: Client }, run: Run): Promise<undefined> {
  if (run.status === 'CANCELING') await parts.client.workflow.getHandle(runWorkflowId(run.runId)).cancel()
  return undefined
}

async function startAgain(parts: { readonly store: MetadataStore; readonly client: Client }, run: Run): Promise<Reconciled> {
  if (run.status === 'CANCELING') {
    const reason = 'cancelled before its workflow was started'
    await parts.store.runs.ended({ runId: run.runId, status: 'CANCELED', reason, skipped: [] })
    return { runId: run.runId, action: 'ended', why: reason }
  }
  await startRunWorkflow(parts.client, parts.store, run, { again: true })
  return { runId: run.runId, action: 'started', why: 'it had no workflow in Temporal' }
}

/** How a run ended whose workflow is over though nothing was recorded. */
function endOf(status: WorkflowExecutionStatusName): { readonly status: 'SUCCESS' | 'FAILURE' | 'CANCELED'; readonly reason: string } {
  switch (status) {
    case 'CANCELLED':
      return { status: 'CANCELED', reason: 'its workflow was cancelled in Temporal' }
    case 'TERMINATED':
      return { status: 'FAILURE', reason: 'its workflow was terminated in Temporal' }
    case 'TIMED_OUT':
      return { status: 'FAILURE', reason: 'its workflow timed out in Temporal' }
    case 'COMPLETED':
      return { status: 'SUCCESS', reason: 'its workflow had completed in Temporal' }
    default:
      return { status: 'FAILURE', reason: `its workflow ended in Temporal as ${status}` }
  }
}
