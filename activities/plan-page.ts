import type { PlanStep } from '../planning/run-plan.ts'

/** Most characters of a page of a plan, as JSON, but for one that is a single step. A page is one payload, of which Temporal takes 2 MB. */
const longestPage = 1_000_000

/** The first of these steps, as many as fit into one payload; one at least. Steps of a wide fan-in have thousands of characters. */
export function planPage(steps: readonly PlanStep[]): readonly PlanStep[] {
  let characters = 0
  const end = steps.findIndex((step) => (characters += JSON.stringify(step).length) > longestPage)
  return end === -1 ? steps : steps.slice(0, Math.max(end, 1))
}
