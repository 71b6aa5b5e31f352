import type { AssetKey } from '../definitions/asset-key.ts'
import { AssetryError } from '../definitions/errors.ts'
import { type AssetGraph, buildAssetGraph } from './asset-graph.ts'
import type { PlanStep, RunPlan } from './run-plan.ts'
import type { AssetSnapshot, Snapshot } from './snapshot.ts'

/**
 * The plan of a run that materializes these assets. A step comes after the steps of the assets it needs, also where the
 * assets between them are not part of the run: of `a → b → c`, a run of `a` and `c` does `a` first.
 *
 * @throws `UNKNOWN_ASSET` for a key that the snapshot doesn't have
 */
export function planRun(snapshot: Snapshot, keys: readonly AssetKey[]): RunPlan {
  const assets = new Map(snapshot.assets.map((asset) => [asset.key, asset]))
  const graph = buildAssetGraph(snapshot.assets)
  const selected = new Set(keys)
  refuseUnknown(assets, selected)
  const after = positionsBefore(graph, selected)
  const steps = graph.order.filter((key) => selected.has(key))
  return { version: 1, steps: steps.map((key) => stepOf(assets.get(key) as AssetSnapshot, after.get(key) ?? [])) }
}

function stepOf({ key, timeoutMs, heartbeatTimeoutMs }: AssetSnapshot, after: readonly number[]): PlanStep {
  return {
    key,
    asset: key,
    after,
    ...(timeoutMs !== null && { timeoutMs }),
    ...(heartbeatTimeoutMs !== null && { heartbeatTimeoutMs }),
  }
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

function refuseUnknown(assets: ReadonlyMap<AssetKey, AssetSnapshot>, keys: ReadonlySet<AssetKey>): void {
  const unknown = [...keys].filter((key) => !assets.has(key))
  if (unknown.length === 0) return
  throw new AssetryError(
    'UNKNOWN_ASSET',
    `The run names assets that the registered definitions don't have: ${unknown.join(', ')}. Select from the assets that are there now.`,
    { facts: { unknown } },
  )
}
