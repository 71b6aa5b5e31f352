import type { RunEvent as StoredRunEvent } from '../metadata/stores/event-store.ts'
import type { Run as StoredRun } from '../metadata/stores/run-store.ts'
import type { StepRecord } from '../metadata/stores/step-store.ts'
import type { PlanStep } from '../planning/run-plan.ts'
import type { Run, RunStep } from './contract/run.ts'
import type { RunEvent } from './contract/run-event.ts'
import { plain } from './wire-json.ts'

/** A run as the API shows it. */
export function wireRun(run: StoredRun): Run {
  const { requestHash: _, createdAt, startedAt, endedAt, ...facts } = run
  return plain<Run>({ ...facts, createdAt: createdAt.toISOString(), startedAt: text(startedAt), endedAt: text(endedAt) })
}

/** An entry of a run's log as the API shows it. */
export function wireEvent({ runId: _, time, ...facts }: StoredRunEvent): RunEvent {
  return plain<RunEvent>({ ...facts, time: time.toISOString() })
}

/** A step of the plan, with what is recorded of it: WAITING where nothing is. */
export function wireStep(planned: PlanStep, recorded: StepRecord | undefined): RunStep {
  const { key, kind = 'materialize', asset, assets } = planned
  const what = { kind, assetKeys: [...(assets ?? (asset === undefined ? [] : [asset]))] }
  if (recorded === undefined) return { ...what, ...waiting, stepKey: key, assetKey: asset ?? null }
  const { startedAt, endedAt, ...facts } = recorded
  const durationMs = startedAt && endedAt ? endedAt.getTime() - startedAt.getTime() : null
  return plain<RunStep>({ ...what, ...facts, startedAt: text(startedAt), endedAt: text(endedAt), durationMs })
}

const waiting = {
  status: 'WAITING',
  attempt: 0,
  failures: 0,
  losses: 0,
  worker: null,
  startedAt: null,
  endedAt: null,
  durationMs: null,
  error: null,
  because: null,
  why: null,
} as const

function text(time: Date | null): string | null {
  return time?.toISOString() ?? null
}
