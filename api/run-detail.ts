import type { Run } from '../metadata/stores/run-store.ts'
import { runWorkflowId, taskQueueOf } from '../workflows/names.ts'
import type { ApiParts } from './api-parts.ts'
import type { RunDetail, TemporalReference } from './contract/run.ts'
import { stepsOf } from './planned-steps.ts'
import { wireEvaluation, wireMaterialization, wireObservation } from './wire-assets.ts'
import { wireRun } from './wire-runs.ts'
import { workerPresence } from './worker-presence.ts'

/** A run with its steps, what it made, and where it is found in Temporal. */
export async function runDetail(parts: ApiParts, run: Run): Promise<RunDetail> {
  const { store } = parts
  const [steps, materializations, observations, checks, waitingFor] = await Promise.all([
    stepsOf(store, run),
    store.materializations.ofRun(run.runId),
    store.observations.ofRun(run.runId),
    store.checks.ofRun(run.runId),
    waitingReason(parts, run),
  ])
  return {
    ...wireRun(run),
    steps,
    materializations: materializations.map(wireMaterialization),
    observations: observations.map(wireObservation),
    checks: checks.map(wireEvaluation),
    waitingFor,
    temporal: temporalReference(parts, run.runId),
  }
}

/** What keeps a run from going on, where something does. */
async function waitingReason({ launcher }: ApiParts, { status, codeLocation }: Run): Promise<string | null> {
  if (status !== 'QUEUED' && status !== 'STARTED' && status !== 'CANCELING') return null
  const present = await workerPresence(launcher, codeLocation)
  if (present === null) return 'Temporal, which does not answer'
  return present ? null : `a worker on ${taskQueueOf(codeLocation)}`
}

function temporalReference({ namespace, temporalUiUrl }: ApiParts, runId: string): TemporalReference {
  const workflowId = runWorkflowId(runId)
  const path = `/namespaces/${encodeURIComponent(namespace)}/workflows/${encodeURIComponent(workflowId)}`
  return { workflowId, namespace, url: temporalUiUrl === null ? null : temporalUiUrl.replace(/\/+$/, '') + path }
}
