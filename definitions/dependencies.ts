import type { AssetKey } from './asset-key.ts'

/** An asset as far as its place among others goes. */
export interface AssetNode {
  readonly key: AssetKey
  readonly upstreamKeys: readonly AssetKey[]
}

/** Neighbours of each asset, in one direction. */
export type Neighbours = ReadonlyMap<AssetKey, readonly AssetKey[]>

/** Who needs whom, in both directions. Upstream keys outside the nodes are left out. */
export interface DependencyEdges {
  readonly upstream: Neighbours
  readonly downstream: Neighbours
}

/** The edges among `nodes`, neighbours in the order of declaration. */
export function dependencyEdges(nodes: readonly AssetNode[]): DependencyEdges {
  const upstream = new Map<AssetKey, AssetKey[]>(nodes.map(({ key }) => [key, []]))
  const downstream = new Map<AssetKey, AssetKey[]>(nodes.map(({ key }) => [key, []]))
  for (const { key, upstreamKeys } of nodes) {
    for (const upstreamKey of new Set(upstreamKeys)) {
      if (!upstream.has(upstreamKey)) continue
      upstream.get(key)?.push(upstreamKey)
      downstream.get(upstreamKey)?.push(key)
    }
  }
  return { upstream, downstream }
}

/** What can be reached from `start` in `depth` steps at most; of `start` itself only what another of them reaches. */
export function reachable(neighbours: Neighbours, start: Iterable<AssetKey>, depth = Infinity): ReadonlySet<AssetKey> {
  const reached = new Set<AssetKey>()
  let frontier = [...start]
  for (let step = 0; step < depth && frontier.length > 0; step += 1) {
    const next: AssetKey[] = []
    for (const key of frontier) {
      for (const neighbour of neighbours.get(key) ?? []) {
        if (reached.has(neighbour)) continue
        reached.add(neighbour)
        next.push(neighbour)
      }
    }
    frontier = next
  }
  return reached
}

/** An order in which each asset comes after those it needs, and what prevents one. */
export interface DependencyOrder {
  /** Every key; meaningful where there are no cycles. As declared, where the declaration allows. */
  readonly order: readonly AssetKey[]
  /** Circles that share no asset, each from an asset to itself in the direction of the data: `a`, `b`, `a`. */
  readonly cycles: readonly (readonly AssetKey[])[]
}

/** Walks upstream from each asset in turn, without recursion: a chain may be thousands long. */
export function dependencyOrder(upstream: Neighbours): DependencyOrder {
  const order: AssetKey[] = []
  const cycles: AssetKey[][] = []
  const state = new Map<AssetKey, 'open' | 'done'>()
  const inCycle = new Set<AssetKey>()
  for (const root of upstream.keys()) {
    const path: { readonly key: AssetKey; next: number }[] = []
    const open = (key: AssetKey): void => {
      state.set(key, 'open')
      path.push({ key, next: 0 })
    }
    if (!state.has(root)) open(root)
    for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
      const neighbour = upstream.get(top.key)?.[top.next]
      top.next += 1
      if (neighbour === undefined) {
        state.set(top.key, 'done')
        order.push(top.key)
        path.pop()
      } else if (!state.has(neighbour)) {
        open(neighbour)
      } else if (state.get(neighbour) === 'open' && !inCycle.has(neighbour) && !inCycle.has(top.key)) {
        const cycle = cycleOf(path, neighbour)
        for (const key of cycle) inCycle.add(key)
        cycles.push(cycle)
      }
    }
  }
  return { order, cycles }
}

/** The end of a path that walks upstream, from `key` on, turned around and closed. */
function cycleOf(path: readonly { readonly key: AssetKey }[], key: AssetKey): AssetKey[] {
  const from = path.findIndex((each) => each.key === key)
  return [
    key,
    ...path
      .slice(from + 1)
      .map((each) => each.key)
      .reverse(),
    key,
  ]
}
