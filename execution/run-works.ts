import type { Definitions } from '../definitions/definitions.ts'
import type { RunPlan } from '../planning/run-plan.ts'
import { stepTarget } from './step-target.ts'
import { type StepWork, stepWork } from './step-work.ts'

/** What the steps of a plan run in these definitions, each once, however many elements it is mapped over. */
export function runWorks(definitions: Definitions, plan: RunPlan, jobName: string | undefined): readonly StepWork[] {
  return plan.steps.map((step) => stepWork(definitions, stepTarget(step, step.key, []), jobName))
}
