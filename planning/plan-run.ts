import type { AssetKey } from '../definitions/asset-key.ts'
import { AssetryError } from '../definitions/errors.ts'
import { type AssetGraph, buildAssetGraph } from './asset-graph.ts'
import { planSteps } from './plan-steps.ts'
import type { RunPlan } from './run-plan.ts'
import type { AssetSnapshot, Snapshot } from './snapshot.ts'

/**
 * The plan of a run that materializes these assets, looks at those that are observable, and checks them. A step comes after
 * the steps of the assets it needs, also where the assets between them are not part of the run: of `a → b → c`, a run of `a`
 * and `c` does `a` first. What is downstream of an asset comes after its blocking checks.
 *
 * @throws `UNKNOWN_ASSET` for a key that the snapshot doesn't have, `EMPTY_SELECTION` where all are external and have no checks
 */
export function planRun(snapshot: Snapshot, keys: readonly AssetKey[]): RunPlan {
  const assets = new Map(snapshot.assets.map((asset) => [asset.key, asset]))
  refuseUnknown(assets, keys)
  const graph = buildAssetGraph(snapshot.assets)
  const selected = withSiblings(snapshot.assets, keys)
  const order = graph.order.filter((key) => selected.has(key))
  if (order.length === 0) throw nothingToRun(keys)
  const before = positionsBefore(graph, selected)
  const planned = order.map((key) => ({ asset: assets.get(key) as AssetSnapshot, before: before.get(key) ?? none }))
  const places = new Map(order.map((key, place) => [key, place]))
  const reached = (key: AssetKey): Positions => {
    const place = places.get(key)
    return place === undefined ? (before.get(key) ?? none) : [place]
  }
  return { version: 1, steps: planSteps(planned, reached) }
}

/** External assets are never run, though their checks may be; of a multi-asset that can't be cut up all assets are made together. */
function withSiblings(assets: readonly AssetSnapshot[], keys: readonly AssetKey[]): ReadonlySet<AssetKey> {
  const asked = new Set(keys)
  const whole = new Set(
    assets.flatMap(({ key, multiAsset }) => (asked.has(key) && multiAsset?.subsettable === false ? [multiAsset.name] : [])),
  )
  const isMade = ({ key, multiAsset }: AssetSnapshot): boolean => asked.has(key) || (multiAsset !== null && whole.has(multiAsset.name))
  return new Set(assets.filter((asset) => hasStep(asset) && isMade(asset)).map(({ key }) => key))
}

/** Positions of steps, ascending. */
type Positions = readonly number[]

const none: Positions = []

/**
 * For every asset the positions of the steps it comes after: the selected assets it needs, and those that are reached
 * through assets outside the run.
 */
function positionsBefore(graph: AssetGraph, selected: ReadonlySet<AssetKey>): ReadonlyMap<AssetKey, Positions> {
  const before = new Map<AssetKey, Positions>()
  const positions = new Map<AssetKey, number>()
  const joined = joiner((position) => before.get(keys[position] as AssetKey) ?? none)
  const keys: AssetKey[] = []
  for (const key of graph.order) {
    const direct: number[] = []
    const through = new Set<Positions>()
    for (const upstreamKey of graph.upstream.get(key) ?? []) {
      const position = positions.get(upstreamKey)
      const reached = before.get(upstreamKey) ?? none
      if (position !== undefined) direct.push(position)
      else if (reached.length > 0) through.add(reached)
    }
    before.set(key, joined(direct, through))
    if (!selected.has(key)) continue
    positions.set(key, keys.length)
    keys.push(key)
  }
  return before
}

/**
 * Joins the steps an asset needs itself with those reached through assets outside the run. What another step in the list
 * waits for already is left out, and the same content is one object: else each layer outside the run would add all that
 * stands before it, and wide layers would do so once an edge.
 */
function joiner(before: (position: number) => Positions): (direct: readonly number[], through: ReadonlySet<Positions>) => Positions {
  const known = new Map<string, Positions>()
  return (direct, through) => {
    if (through.size === 0) return direct.length === 0 ? none : direct.toSorted(ascending)
    const [only] = through
    if (only !== undefined && through.size === 1 && direct.length === 0) return only
    const all = new Set([...direct, ...[...through].flat()])
    const content = [...all].sort(ascending).join()
    const result = known.get(content) ?? withoutImplied(all, before)
    known.set(content, result)
    return result
  }
}

function withoutImplied(positions: ReadonlySet<number>, before: (position: number) => Positions): Positions {
  const implied = new Set([...positions].flatMap(before))
  return [...positions].filter((position) => !implied.has(position)).sort(ascending)
}

function ascending(one: number, other: number): number {
  return one - other
}

function refuseUnknown(assets: ReadonlyMap<AssetKey, AssetSnapshot>, keys: readonly AssetKey[]): void {
  const unknown = [...new Set(keys)].filter((key) => !assets.has(key))
  if (unknown.length === 0) return
  throw new AssetryError(
    'UNKNOWN_ASSET',
    `The run names assets that the registered definitions don't have: ${unknown.join(', ')}. Select from the assets that are there now.`,
    { facts: { unknown } },
  )
}

function hasStep({ origin, checks }: AssetSnapshot): boolean {
  return origin !== 'external' || checks.some(({ inStep }) => !inStep)
}

function nothingToRun(keys: readonly AssetKey[]): AssetryError {
  return new AssetryError(
    'EMPTY_SELECTION',
    `There is nothing to run: ${keys.slice(0, 10).join(', ')}${keys.length > 10 ? ', …' : ''} ${keys.length === 1 ? 'is external' : 'are all external'}, made outside of Assetry. ` +
      `Select assets that have a function, or report what happened to these: POST /api/v1/assets/{key}/events.`,
    { facts: { keys } },
  )
}
