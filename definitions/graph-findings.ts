import type { AnyAsset } from './asset.ts'
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

/** Pages and logs know ops by name: in one graph each name must mean one op. */
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

/** What has a step in runs, or could be taken for it: how a message names it. */
interface Keyed {
  readonly step: string
  readonly what: string
  /** Where the op is, if it is one. */
  readonly path?: string
}

/** The step of a graph asset's op is named by both, `asset.op`: which may be an asset, a multi-asset or another asset's op. */
export function stepKeyFindings(assets: readonly AnyAsset[]): readonly Finding[] {
  const distinct = [...new Set(assets)]
  const keyed = groupedBy([...distinct.map(ofAsset), ...ofMultiAssets(distinct), ...distinct.flatMap(ofOps)], ({ step }) => step)
  return [...keyed.values()].flatMap((same): readonly Finding[] => {
    const path = same.find((each) => each.path !== undefined)?.path
    if (same.length === 1 || path === undefined) return []
    const what = same.map((each) => each.what).join(' and ')
    return [{ code: 'DUPLICATE_NAME', path, message: `The step "${same[0]?.step}" would be that of ${what}. Rename one of them.` }]
  })
}

function ofAsset({ key }: AnyAsset): Keyed {
  return { step: key, what: `asset "${key}"` }
}

function ofMultiAssets(assets: readonly AnyAsset[]): readonly Keyed[] {
  const steps = new Set(assets.flatMap(({ origin }) => (origin.kind === 'multi-asset' ? [origin.step] : [])))
  return [...steps].map(({ name }) => ({ step: name, what: `multi-asset "${name}"` }))
}

function ofOps({ key, origin }: AnyAsset): readonly Keyed[] {
  if (origin.kind !== 'graph') return []
  return origin.graph.nodes.map(({ path }) => ({
    step: `${key}.${path}`,
    what: `op "${path}" of asset "${key}"`,
    path: `assets.${key}.graph.${path}`,
  }))
}
