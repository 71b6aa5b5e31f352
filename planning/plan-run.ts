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

/**
 * For every asset the positions of the nearest selected steps upstream of it, in ascending order. Lists with the same
 * content are one object, so that wide layers of assets outside the run cost a union once and not once an edge.
 */
function positionsBefore(graph: AssetGraph, selected: ReadonlySet<AssetKey>): ReadonlyMap<AssetKey, readonly number[]> {
  const before = new Map<AssetKey, readonly number[]>()
  const offered = new Map<AssetKey, readonly number[]>()
  const shared = sharedLists()
  let position = 0
  for (const key of graph.order) {
    const lists = new Set((graph.upstream.get(key) ?? []).map((upstreamKey) => offered.get(upstreamKey) ?? []))
    const own = shared(lists)
    before.set(key, own)
    if (selected.has(key)) offered.set(key, [position++])
    else offered.set(key, own)
  }
  return before
}

/** Joins lists of positions, and gives out one object for one content. */
function sharedLists(): (lists: ReadonlySet<readonly number[]>) => readonly number[] {
  const known = new Map<string, readonly number[]>()
  return (lists) => {
    const [only] = lists
    if (only !== undefined && lists.size === 1) return only
    const joined = [...new Set([...lists].flat())].sort((one, other) => one - other)
    const content = joined.join()
    const found = known.get(content) ?? joined
    known.set(content, found)
    return found
  }
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
