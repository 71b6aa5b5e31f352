import type { Run } from '../metadata/stores/run-store.ts'
import { runWorkflowId } from '../workflows/names.ts'
import type { ApiParts } from './api-parts.ts'
import type { RunDetail } from './contract/run.ts'
import { stepsOf } from './planned-steps.ts'
import { temporalReference } from './temporal-reference.ts'
import { waitingReason } from './waiting-reason.ts'
import { wireEvaluation, wireMaterialization, wireObservation } from './wire-assets.ts'
import { wireRun } from './wire-runs.ts'

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
    temporal: temporalReference(parts, runWorkflowId(run.runId)),
  }
}
