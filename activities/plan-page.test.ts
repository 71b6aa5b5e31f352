import { expect, test } from 'vitest'
import type { PlanOutput, PlanStep } from '../planning/run-plan.ts'
import { planPage } from './plan-page.ts'

/** A step that collects what so many others gave. */
function fanIn(count: number): PlanStep {
  const after = Array.from({ length: count }, (_each, position) => position)
  return {
    key: 'all',
    kind: 'op',
    op: 'all',
    after,
    inputs: [{ from: after.map((position): PlanOutput => [position, 'result']), fanIn: true }],
  }
}

test('a page of a plan has as many steps as one message takes, and one at least', () => {
  const page = planPage(Array.from({ length: 500 }, () => fanIn(700)))
  expect(page.length).toBeGreaterThan(50)
  expect(page.length).toBeLessThan(500)
  expect(JSON.stringify(page).length).toBeLessThan(1_100_000)
  expect(planPage(Array.from({ length: 500 }, () => fanIn(3)))).toHaveLength(500)
  expect(planPage([fanIn(100_000), fanIn(1)])).toHaveLength(1)
  expect(planPage([])).toEqual([])
})
