import type { AnyAsset } from '../definitions/asset.ts'
import type { Computation } from '../definitions/computation.ts'
import { AssetryError } from '../definitions/errors.ts'
import type { ComposedGraph, GraphNode, NodeOutput } from '../definitions/graph-node.ts'

/** A graph where it is: the job's, or the one that makes an asset. */
export interface PlacedGraph {
  readonly graph: ComposedGraph
  /** The asset that the graph makes; undefined for a job's. */
  readonly asset: AnyAsset | undefined
  /** For its ops that set none themselves. */
  readonly retries: Computation['retries']
}

/** How an output is read in its graph. */
interface OutputUse {
  /** As it is. */
  whole: boolean
  /** Element by element. */
  mapped: boolean
}

const usesOfGraphs = new WeakMap<ComposedGraph, ReadonlyMap<string, OutputUse>>()

/** How an output of a node is read. One that nobody reads is kept whole, for people. */
export function outputUse(graph: ComposedGraph, { node, output }: NodeOutput): Readonly<OutputUse> {
  const uses = usesOfGraphs.get(graph) ?? usesOf(graph)
  usesOfGraphs.set(graph, uses)
  return uses.get(idOf({ node, output })) ?? { whole: true, mapped: false }
}

/** The node of that path. @throws `UNKNOWN_STEP` */
export function nodeOf({ graph, asset }: PlacedGraph, path: string | undefined): GraphNode {
  const found = graph.nodes.find((node) => node.path === path)
  if (found !== undefined) return found
  const where = asset === undefined ? 'The graph of this job' : `The graph of asset "${asset.key}"`
  throw new AssetryError(
    'UNKNOWN_STEP',
    `${where} has no op at "${path}", though the run was planned with it. Was it removed or renamed while the run went on?`,
    { facts: { path, assetKey: asset?.key } },
  )
}

function usesOf({ nodes }: ComposedGraph): ReadonlyMap<string, OutputUse> {
  const uses = new Map<string, OutputUse>()
  const note = (output: NodeOutput, use: keyof OutputUse): void => {
    const known = uses.get(idOf(output)) ?? { whole: false, mapped: false }
    known[use] = true
    uses.set(idOf(output), known)
  }
  for (const node of nodes) {
    for (const mapped of node.over) note(mapped, 'mapped')
    for (const { sources } of Object.values(node.inputs)) {
      for (const source of sources) if (source.kind === 'output' || source.kind === 'collect') note(source, 'whole')
    }
  }
  return uses
}

function idOf({ node, output }: NodeOutput): string {
  return `${node}\n${output}`
}
