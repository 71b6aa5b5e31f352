import type { MetadataStore } from '../metadata/metadata-store.ts'
import type { Run } from '../metadata/stores/run-store.ts'
import type { StepRecord } from '../metadata/stores/step-store.ts'
import type { PlanStep } from '../planning/run-plan.ts'
import type { RunStep } from './contract/run.ts'
import { wireStep } from './wire-runs.ts'

/** Steps of a plan that are read at once. */
const planPageSize = 1_000

/**
 * The steps of a run in the order of its plan, with what is recorded of them. What is mapped stands in the plan once: in
 * its place come its steps as far as they have begun, by their keys, or while the run goes on the one that stands for them.
 */
export async function stepsOf(store: MetadataStore, run: Run): Promise<RunStep[]> {
  const [planned, recorded] = await Promise.all([plannedSteps(store, run), store.steps.list(run.runId)])
  const planKeys = new Set(planned.map(({ key }) => key))
  const records = new Map<string, StepRecord[]>()
  for (const record of recorded) {
    const key = planKeys.has(record.stepKey) ? record.stepKey : mappedKeyOf(record.stepKey)
    const others = records.get(key)
    if (others === undefined) records.set(key, [record])
    else others.push(record)
  }
  return planned.flatMap((step) => {
    const known = records.get(step.key) ?? []
    if (known.length > 0) return known.toSorted(byKey).map((record) => wireStep(step, record))
    return step.over !== undefined && run.endedAt !== null ? [] : [wireStep(step, undefined)]
  })
}

async function plannedSteps(store: MetadataStore, { runId, stepCount }: Run): Promise<readonly PlanStep[]> {
  const steps: PlanStep[] = []
  for (let from = 0; from < stepCount; from += planPageSize) {
    steps.push(...(await store.runs.planSteps(runId, from, planPageSize)))
  }
  return steps
}

/** Positions count as numbers: `clean[10]` comes behind `clean[9]`. */
const inOrder = new Intl.Collator('en', { numeric: true })

function byKey(one: StepRecord, other: StepRecord): number {
  return inOrder.compare(one.stepKey, other.stepKey)
}

/** The key under which a step stands in the plan: a mapped step's key has the keys of its elements behind it. */
function mappedKeyOf(stepKey: string): string {
  return stepKey.endsWith(']') ? stepKey.slice(0, stepKey.indexOf('[')) : stepKey
}
