import type { AssetKey } from '../definitions/asset-key.ts'
import { type AssetNode, dependencyEdges, type DependencyEdges, dependencyOrder, reachable } from '../definitions/dependencies.ts'
import { AssetryError } from '../definitions/errors.ts'

/** Assets and what they need. Upstream keys outside the nodes it was built from are left out. */
export interface AssetGraph extends DependencyEdges {
  /** Every key after the keys it needs; as declared, where the declaration allows. */
  readonly order: readonly AssetKey[]
  /**
   * What `keys` need, directly or not. Of `keys` themselves only those that another of them needs.
   *
   * @param depth - longest way, in steps. @default no limit
   */
  ancestors(keys: Iterable<AssetKey>, depth?: number): ReadonlySet<AssetKey>
  /**
   * What needs `keys`, directly or not. Of `keys` themselves only those that need another of them.
   *
   * @param depth - longest way, in steps. @default no limit
   */
  descendants(keys: Iterable<AssetKey>, depth?: number): ReadonlySet<AssetKey>
}

const built = new WeakMap<readonly AssetNode[], AssetGraph>()

/**
 * The graph of these assets, in time proportional to assets and edges; of the same list made once, as each run of a project
 * asks for it.
 *
 * @throws `ASSET_CYCLE` with the path
 */
export function buildAssetGraph(nodes: readonly AssetNode[]): AssetGraph {
  const graph = built.get(nodes) ?? assetGraph(nodes)
  built.set(nodes, graph)
  return graph
}

function assetGraph(nodes: readonly AssetNode[]): AssetGraph {
  const edges = dependencyEdges(nodes)
  const { order, cycles } = dependencyOrder(edges.upstream)
  if (cycles[0] !== undefined) throw cyclic(cycles[0])
  return {
    ...edges,
    order,
    ancestors: (keys, depth) => reachable(edges.upstream, keys, depth),
    descendants: (keys, depth) => reachable(edges.downstream, keys, depth),
  }
}

function cyclic(cycle: readonly AssetKey[]): AssetryError {
  return new AssetryError('ASSET_CYCLE', `Assets need each other in a circle: ${cycle.join(' → ')}. Remove one of these dependencies.`, {
    facts: { cycle },
  })
}
