import type { AssetKey } from '../definitions/asset-key.ts'
import { dependencyOrder } from '../definitions/dependencies.ts'
import { AssetryError } from '../definitions/errors.ts'
import { groupedBy } from '../definitions/grouped-by.ts'
import { graphSteps, resultPosition } from './plan-graph.ts'
import type { PlanInput, PlanOutput, PlanStep } from './run-plan.ts'
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
 * @throws `ASSET_CYCLE` where a blocking check needs what waits for it, which `definitions()` refuses
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

function assetStep(asset: AssetSnapshot, after: readonly number[]): PlanStep {
  const kind = asset.origin === 'observable' ? ({ kind: 'observe' } as const) : {}
  return { key: asset.key, ...kind, asset: asset.key, after, ...timeouts(asset) }
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
  readonly #reached: (key: AssetKey) => readonly number[]
  readonly #byKey: ReadonlyMap<AssetKey, PlannedAsset>
  readonly #units: readonly Unit[]
  /** The unit that makes an asset. */
  readonly #unitOf: ReadonlyMap<PlannedAsset, number>
  /** By the place of an asset in the run: the units after which what is downstream of it comes. */
  readonly #gates: readonly (readonly number[])[]
  readonly #steps: PlanStep[] = []
  /** By unit: the position of the step that makes its assets, or checks. */
  readonly #positions: number[] = []

  constructor(planned: readonly PlannedAsset[], reached: (key: AssetKey) => readonly number[]) {
    this.#reached = reached
    this.#byKey = new Map(planned.map((each) => [each.asset.key, each]))
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
    const { order, cycles } = dependencyOrder(new Map(before.map((units, unit) => [String(unit), units.map(String)])))
    if (cycles[0] !== undefined) throw cyclic(cycles[0].map((unit) => titleOf(this.#units[Number(unit)] as Unit)))
    for (const name of order) {
      const unit = Number(name)
      const inputs = this.#leavable(this.#units[unit] as Unit)
      const own = inputs.flatMap(({ from }) => from.map(([position]) => position))
      const after = unique([...(before[unit] ?? []).map((each) => this.#positions[each] ?? 0), ...own]).toSorted(
        (one, other) => one - other,
      )
      this.#place(unit, { after, inputs })
    }
    return this.#steps
  }

  #unitsBefore({ assets, check }: Unit): readonly number[] {
    if (check === undefined) return unique(assets.flatMap(({ before }) => before.flatMap((place) => this.#gates[place] ?? [])))
    const checked = assets.flatMap((each) => this.#unitOf.get(each) ?? each.before.flatMap((place) => this.#gates[place] ?? []))
    return unique([...checked, ...check.upstreamKeys.flatMap(this.#reached).flatMap((place) => this.#gates[place] ?? [])])
  }

  /** What a unit reads that may be left out: members of multi-assets, and assets whose op may give none. */
  #leavable({ assets, check }: Unit): readonly PlanInput[] {
    const { key, upstreamKeys } = (assets[0] as PlannedAsset).asset
    const keys = check === undefined ? upstreamKeys : [key, ...check.upstreamKeys]
    return unique(keys).flatMap((each) => {
      const planned = this.#byKey.get(each)
      const output = planned === undefined ? undefined : optionalOutput(planned.asset)
      if (planned === undefined || output === undefined) return []
      const source: PlanOutput = [this.#positions[this.#unitOf.get(planned) ?? 0] ?? 0, output]
      return [{ from: [source] }]
    })
  }

  #place(unit: number, before: { readonly after: readonly number[]; readonly inputs: readonly PlanInput[] }): void {
    const { assets, check } = this.#units[unit] as Unit
    const { asset } = assets[0] as PlannedAsset
    const first = this.#steps.length
    this.#positions[unit] = first
    const shared = { after: before.after, ...(before.inputs.length > 0 && { inputs: before.inputs }) }
    if (check !== undefined) {
      this.#steps.push({
        key: `${asset.key}:${check.name}`,
        kind: 'check',
        asset: asset.key,
        check: check.name,
        ...shared,
        ...timeouts(check),
      })
    } else if (asset.graph !== null) {
      this.#steps.push(...graphSteps(asset.graph, { asset: asset.key, first, ...before }))
      this.#positions[unit] = resultPosition(asset.graph, first)
    } else if (asset.multiAsset !== null) {
      this.#steps.push({ key: asset.multiAsset.name, assets: assets.map((each) => each.asset.key), ...shared, ...timeouts(asset) })
    } else {
      this.#steps.push({ ...assetStep(asset, before.after), ...shared })
    }
  }
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

/** The output that is the asset, where the step that makes it may leave it out. */
function optionalOutput({ key, multiAsset, graph }: AssetSnapshot): string | undefined {
  if (multiAsset?.optional === true) return key
  const result = graph?.result
  const node = graph?.nodes.find(({ path }) => path === result?.node)
  return node?.outputs.find(({ name, optional }) => optional && name === result?.output)?.name
}

function titleOf({ assets, check }: Unit): string {
  const { key, multiAsset } = (assets[0] as PlannedAsset).asset
  return check === undefined ? (multiAsset?.name ?? key) : `${key}:${check.name}`
}

function unique<TItem>(items: readonly TItem[]): readonly TItem[] {
  return [...new Set(items)]
}

function cyclic(cycle: readonly string[]): AssetryError {
  return new AssetryError(
    'ASSET_CYCLE',
    `Steps of the run need each other in a circle: ${cycle.join(' → ')}. Remove one of these dependencies.`,
    {
      facts: { cycle },
    },
  )
}
