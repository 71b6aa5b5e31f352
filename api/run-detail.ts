import type * as Stored from '../metadata/metadata-store.ts'
import type { PlanStep } from '../planning/run-plan.ts'
import { runWorkflowId, taskQueueOf } from '../workflows/names.ts'
import type { ApiParts } from './api-parts.ts'
import type { RunDetail, TemporalReference } from './contract/run.ts'
import { wireMaterialization } from './wire-assets.ts'
import { wireRun, wireStep } from './wire-runs.ts'
import { workerPresence } from './worker-presence.ts'

/** Steps of a plan that are read at once. */
const planPageSize = 1_000

/** A run with its steps, what it made, and where it is found in Temporal. */
export async function runDetail(parts: ApiParts, run: Stored.Run): Promise<RunDetail> {
  const { store } = parts
  const [planned, recorded, materializations, waitingFor] = await Promise.all([
    plannedSteps(store, run),
    store.steps.list(run.runId),
    store.materializations.ofRun(run.runId),
    waitingReason(parts, run),
  ])
  const records = new Map(recorded.map((step) => [step.stepKey, step]))
  return {
    ...wireRun(run),
    steps: planned.map((step) => wireStep(step, records.get(step.key))),
    materializations: materializations.map(wireMaterialization),
    waitingFor,
    temporal: temporalReference(parts, run.runId),
  }
}

async function plannedSteps(store: Stored.MetadataStore, { runId, stepCount }: Stored.Run): Promise<readonly PlanStep[]> {
  const steps: PlanStep[] = []
  for (let from = 0; from < stepCount; from += planPageSize) {
    steps.push(...(await store.runs.planSteps(runId, from, planPageSize)))
  }
  return steps
}

/** What keeps a run from going on, where something does. */
async function waitingReason({ launcher }: ApiParts, { status, codeLocation }: Stored.Run): Promise<string | null> {
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
