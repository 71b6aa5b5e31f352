import type { AnyAsset } from './asset.ts'
import type { AssetKey } from './asset-key.ts'
import type { Finding } from './errors.ts'
import type { ComposedGraph } from './graph-node.ts'
import { groupedBy } from './grouped-by.ts'
import type { Job } from './job.ts'
import type { AnyOp } from './op.ts'
import { passOn } from './pass-on.ts'
import type { Asker } from './resource-findings.ts'

/** A graph with whose it is. */
export interface OwnedGraph {
  /** `job "nightly"` */
  readonly owner: string
  /** `jobs.nightly` */
  readonly path: string
  readonly graph: ComposedGraph
}

/** The graphs of jobs and of graph assets. */
export function graphsOf(assets: readonly AnyAsset[], jobs: readonly Job[]): readonly OwnedGraph[] {
  const ofAssets = [...new Set(assets)].flatMap(({ key, origin }): readonly OwnedGraph[] =>
    origin.kind === 'graph' ? [{ owner: `asset "${key}"`, path: `assets.${key}`, graph: origin.graph }] : [],
  )
  const ofJobs = [...new Set(jobs)].flatMap((job): readonly OwnedGraph[] =>
    job.kind === 'graph' ? [{ owner: `job "${job.name}"`, path: `jobs.${job.name}`, graph: job.graph }] : [],
  )
  return [...ofAssets, ...ofJobs]
}

/** The ops of a graph, each once. */
export function opsOf({ nodes }: ComposedGraph): readonly AnyOp[] {
  return [...new Set(nodes.map((node) => node.op))]
}

/** The ops of a graph as those who ask for resources. */
export function askingOps({ owner, graph }: OwnedGraph): readonly Asker[] {
  return opsOf(graph).map(({ name, resources }) => ({ what: 'op', name, of: owner, resources }))
}

/** Run config and pages know ops by name: in one graph each name must mean one op. */
export function opNameFindings({ owner, path, graph }: OwnedGraph): readonly Finding[] {
  const own = opsOf(graph).filter((op) => op !== passOn)
  return [...groupedBy(own, (op) => op.name)].flatMap(([name, same]): readonly Finding[] =>
    same.length === 1
      ? []
      : [
          {
            code: 'DUPLICATE_NAME',
            path: `${path}.graph.${name}`,
            message: `${same.length} different ops of ${owner} are named "${name}". Give each a name of its own; one op may be invoked many times.`,
          },
        ],
  )
}

/** The step of a graph asset's op is named by both, `asset.op`, which may be the key of another asset. */
export function stepKeyFindings(assets: readonly AnyAsset[]): readonly Finding[] {
  const keys = new Set(assets.map((asset) => asset.key))
  return graphsOf(assets, []).length === 0 ? [] : [...new Set(assets)].flatMap((asset) => takenStepKeys(asset, keys))
}

function takenStepKeys({ key, origin }: AnyAsset, keys: ReadonlySet<AssetKey>): readonly Finding[] {
  if (origin.kind !== 'graph') return []
  return origin.graph.nodes
    .map(({ path }) => ({ path, step: `${key}.${path}` }))
    .filter(({ step }) => keys.has(step))
    .map(({ path, step }) => ({
      code: 'DUPLICATE_NAME',
      path: `assets.${key}.graph.${path}`,
      message: `The step of op "${path}" of asset "${key}" is called "${step}", and so is the asset of that key. Rename one of them.`,
    }))
}
