import { groupedBy } from '../definitions/grouped-by.ts'
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
  /** By position: the scopes of what is mapped over a list of that step. */
  readonly mappedOver: ReadonlyMap<number, readonly MapScope[]>
}

interface GrowingScope extends MapScope {
  readonly positions: number[]
  readonly children: number[]
}

/** Finds the scopes of a plan. In a plan without maps there is one. */
export function mapScopes(steps: readonly PlanStep[]): MapScopes {
  const scopes = new GrowingScopes()
  const scopeOf = steps.map(({ over = [] }, position) => {
    const scope = over.reduce((parent, mapped) => scopes.within(parent, mapped), scopes.outermost)
    scope.positions.push(position)
    return scope.index
  })
  return { scopes: scopes.all, scopeOf, mappedOver: groupedBy(scopes.all.slice(1), ({ over }) => over?.[0] ?? 0) }
}

class GrowingScopes {
  readonly outermost: GrowingScope = { index: 0, parent: undefined, over: undefined, depth: 0, positions: [], children: [] }
  readonly all: GrowingScope[] = [this.outermost]
  readonly #known = new Map<string, GrowingScope>()

  within(around: GrowingScope, over: PlanOutput): GrowingScope {
    const name = JSON.stringify([around.index, over])
    const known = this.#known.get(name)
    if (known !== undefined) return known
    const scope: GrowingScope = {
      index: this.all.length,
      parent: around.index,
      over,
      depth: around.depth + 1,
      positions: [],
      children: [],
    }
    this.all.push(scope)
    around.children.push(scope.index)
    this.#known.set(name, scope)
    return scope
  }
}
