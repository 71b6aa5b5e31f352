import type { PlanOutput, PlanStep } from './run-plan.ts'

/** The steps of a plan that are mapped over the same lists. The scope of what is mapped over none comes first. */
export interface MapScope {
  readonly index: number
  /** The scope around it; undefined for the outermost. */
  readonly parent: number | undefined
  /** What it is mapped over, in its parent. */
  readonly over: PlanOutput | undefined
  /** How many lists its steps are mapped over. */
  readonly depth: number
  /** Positions of its steps, in the order of the plan. */
  readonly positions: readonly number[]
  readonly children: readonly number[]
}

/** The scopes of a plan, and which one each step is in. */
export interface MapScopes {
  readonly scopes: readonly MapScope[]
  /** By position. */
  readonly scopeOf: readonly number[]
}

interface GrowingScope extends MapScope {
  readonly positions: number[]
  readonly children: number[]
}

/** Finds the scopes of a plan. In a plan without maps there is one. */
export function mapScopes(steps: readonly PlanStep[]): MapScopes {
  const scopes: GrowingScope[] = [{ index: 0, parent: undefined, over: undefined, depth: 0, positions: [], children: [] }]
  const scopeOf = steps.map(({ over = [] }, position) => {
    const scope = over.reduce((parent, mapped) => childOf(scopes, parent, mapped), 0)
    scopes[scope]?.positions.push(position)
    return scope
  })
  return { scopes, scopeOf }
}

function childOf(scopes: GrowingScope[], parent: number, over: PlanOutput): number {
  const around = scopes[parent] as GrowingScope
  const known = around.children.find((child) => isSame(scopes[child]?.over, over))
  if (known !== undefined) return known
  const index = scopes.length
  scopes.push({ index, parent, over, depth: around.depth + 1, positions: [], children: [] })
  around.children.push(index)
  return index
}

function isSame(one: PlanOutput | undefined, other: PlanOutput): boolean {
  return one !== undefined && one[0] === other[0] && one[1] === other[1]
}
