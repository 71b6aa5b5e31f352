import type { AssetKey } from '../definitions/asset-key.ts'
import { dependencyOrder } from '../definitions/dependencies.ts'
import { groupedBy } from '../definitions/grouped-by.ts'
import { graphSteps, resultPosition } from './plan-graph.ts'
import type { PlanInput, PlanStep } from './run-plan.ts'
import type { AssetSnapshot, CheckSnapshot } from './snapshot.ts'

/** An asset of a run. */
export interface PlannedAsset {
  readonly asset: AssetSnapshot
  /** Which assets of the run it comes after, by their place in it. */
  readonly before: readonly number[]
}

/**
 * The steps of a run of these assets: one an asset or multi-asset, one a node of a graph asset, and one a check that has a
 * step of its own.
 *
 * @param reached - the assets of the run that come before any asset, in the run or not, that reads this one
 */
export function planSteps(planned: readonly PlannedAsset[], reached: (key: AssetKey) => readonly number[]): readonly PlanStep[] {
  const isPlain = planned.every(
    ({ asset }) => (asset.origin === 'function' || asset.origin === 'observable') && asset.checks.every(isInStep),
  )
  if (isPlain) return planned.map(({ asset, before }) => assetStep(asset, before))
  return new StepPlanner(planned, reached).steps()
}

function isInStep({ inStep }: CheckSnapshot): boolean {
  return inStep
}

function assetStep(asset: AssetSnapshot, after: readonly number[], needs: Partial<PlanStep> = {}): PlanStep {
  const kind = asset.origin === 'observable' ? ({ kind: 'observe' } as const) : {}
  return { key: asset.key, ...kind, asset: asset.key, after, ...needs, ...timeouts(asset) }
}

function timeouts({ timeoutMs, heartbeatTimeoutMs }: Pick<AssetSnapshot, 'timeoutMs' | 'heartbeatTimeoutMs'>): Partial<PlanStep> {
  return { ...(timeoutMs !== null && { timeoutMs }), ...(heartbeatTimeoutMs !== null && { heartbeatTimeoutMs }) }
}

/** What becomes a step, or the steps of a graph: an asset, the members of a multi-asset, a check. */
interface Unit {
  readonly assets: readonly PlannedAsset[]
  readonly check: CheckSnapshot | undefined
}

/** Brings assets and checks into one order: a check may come after other assets, and what is downstream after the check. */
class StepPlanner {
  readonly #planned: readonly PlannedAsset[]
  readonly #reached: (key: AssetKey) => readonly number[]
  readonly #units: readonly Unit[]
  /** The unit that makes an asset. */
  readonly #unitOf: ReadonlyMap<PlannedAsset, number>
  /** By the place of an asset in the run: the units after which what is downstream of it comes. */
  readonly #gates: readonly (readonly number[])[]
  readonly #steps: PlanStep[] = []
  /** By unit: the position of the step that makes its assets, or checks. */
  readonly #positions: number[] = []

  constructor(planned: readonly PlannedAsset[], reached: (key: AssetKey) => readonly number[]) {
    this.#planned = planned
    this.#reached = reached
    const made = madeUnits(planned)
    const checks = planned.flatMap((each) => each.asset.checks.filter((check) => !check.inStep).map((check) => ({ assets: [each], check })))
    this.#units = [...made, ...checks]
    this.#unitOf = new Map(made.flatMap(({ assets }, unit) => assets.map((each) => [each, unit] as const)))
    const blocking = groupedBy(
      this.#units.flatMap(({ assets, check }, unit) => (check?.blocking === true ? [{ checked: assets[0], unit }] : [])),
      ({ checked }) => checked,
    )
    const gates: (readonly number[])[] = []
    for (const each of planned) gates.push(blocking.get(each)?.map(({ unit }) => unit) ?? this.#madeAfter(each, gates))
    this.#gates = gates
  }

  /** What is downstream of an external asset comes after whatever that comes after, as it has no step. */
  #madeAfter(each: PlannedAsset, gates: readonly (readonly number[])[]): readonly number[] {
    const unit = this.#unitOf.get(each)
    return unit === undefined ? unique(each.before.flatMap((place) => gates[place] ?? [])) : [unit]
  }

  steps(): readonly PlanStep[] {
    const before = this.#units.map((unit) => this.#unitsBefore(unit))
    const { order } = dependencyOrder(new Map(before.map((units, unit) => [String(unit), units.map(String)])))
    for (const name of order) {
      const unit = Number(name)
      const after = (before[unit] ?? []).map((each) => this.#positions[each] ?? 0).sort((one, other) => one - other)
      this.#place(unit, after)
    }
    return this.#steps
  }

  #unitsBefore({ assets, check }: Unit): readonly number[] {
    if (check === undefined) return unique(assets.flatMap(({ before }) => before.flatMap((place) => this.#gates[place] ?? [])))
    const checked = assets.flatMap((each) => this.#unitOf.get(each) ?? each.before.flatMap((place) => this.#gates[place] ?? []))
    return unique([...checked, ...check.upstreamKeys.flatMap(this.#reached).flatMap((place) => this.#gates[place] ?? [])])
  }

  #place(unit: number, after: readonly number[]): void {
    const { assets, check } = this.#units[unit] as Unit
    const { asset } = assets[0] as PlannedAsset
    const needs = this.#needs(this.#units[unit] as Unit)
    const first = this.#steps.length
    this.#positions[unit] = first
    if (check !== undefined) {
      this.#steps.push({
        key: `${asset.key}:${check.name}`,
        kind: 'check',
        asset: asset.key,
        check: check.name,
        after,
        ...inputsOf(needs),
        ...timeouts(check),
      })
    } else if (asset.graph !== null) {
      this.#steps.push(...graphSteps(asset.graph, { asset: asset.key, first, after, needs }))
      this.#positions[unit] = resultPosition(asset.graph, first)
    } else if (asset.multiAsset !== null) {
      this.#steps.push({
        key: asset.multiAsset.name,
        assets: assets.map((each) => each.asset.key),
        after,
        ...inputsOf(needs),
        ...timeouts(asset),
      })
    } else {
      this.#steps.push(assetStep(asset, after, inputsOf(needs)))
    }
  }

  /** The optional assets of multi-assets that a unit needs: where one is left out, the unit is skipped. */
  #needs({ assets, check }: Unit): readonly PlanInput[] {
    const needed = check === undefined ? assets.flatMap(({ before }) => before.map((place) => this.#planned[place])) : assets
    return unique(needed).flatMap((each) => {
      const unit = each === undefined ? undefined : this.#unitOf.get(each)
      const { optional = false, output = '' } = each?.asset.multiAsset ?? {}
      return optional && unit !== undefined ? [{ from: [[this.#positions[unit] ?? 0, output] as const] }] : []
    })
  }
}

function inputsOf(needs: readonly PlanInput[]): Partial<PlanStep> {
  return needs.length === 0 ? {} : { inputs: needs }
}

/** Assets, each by itself, and the members of each multi-asset together, at the place of the first. */
function madeUnits(planned: readonly PlannedAsset[]): readonly Unit[] {
  const units: { readonly assets: PlannedAsset[]; readonly check: undefined }[] = []
  const byMultiAsset = new Map<string, PlannedAsset[]>()
  for (const each of planned.filter(({ asset }) => asset.origin !== 'external')) {
    const name = each.asset.multiAsset?.name
    const siblings = name === undefined ? undefined : byMultiAsset.get(name)
    if (siblings !== undefined) siblings.push(each)
    else {
      const assets = [each]
      units.push({ assets, check: undefined })
      if (name !== undefined) byMultiAsset.set(name, assets)
    }
  }
  return units
}

function unique<TItem>(items: readonly TItem[]): readonly TItem[] {
  return [...new Set(items)]
}
