import type { AssetKey } from './asset-key.ts'
import type { AnyOp } from './op.ts'

/** Names the output of a node: what a wire carries, and what a map is over. */
export interface NodeOutput {
  /** Path of the node in its graph. */
  readonly node: string
  readonly output: string
}

/** Where the value of an input comes from. */
export type WireSource =
  /** The output of a node in the same scope or in one around it. */
  | ({ readonly kind: 'output' } & NodeOutput)
  /** One element of the list that an enclosing map is over; `level` is that map's place in the node's `over`. */
  | ({ readonly kind: 'element'; readonly level: number } & NodeOutput)
  /** The outputs of a mapped node, one scope deeper, as a list in the order of the mapped list. */
  | ({ readonly kind: 'collect' } & NodeOutput)
  /** An asset that a graph asset has as an input. */
  | { readonly kind: 'asset'; readonly input: string; readonly assetKey: AssetKey }

/** One input of a node. A fan-in gets a list with one entry a source. */
export interface NodeInput {
  readonly fanIn: boolean
  readonly sources: readonly WireSource[]
}

/** One invocation of an op in a graph. */
export interface GraphNode {
  /** Unique in the graph: the op's name, `outer.clean` within a nested graph, `clean_2` for a second invocation. */
  readonly path: string
  readonly op: AnyOp
  readonly inputs: Readonly<Record<string, NodeInput>>
  /** Paths of nodes that must come first without giving data. */
  readonly after: readonly string[]
  /** Lists it is mapped over, outermost first: it has a step for each element. Empty for a node outside every map. */
  readonly over: readonly NodeOutput[]
}

/** A composed graph: what a job or a graph asset runs. */
export interface ComposedGraph {
  /** Each comes after those it needs. */
  readonly nodes: readonly GraphNode[]
  /** What the graph gives back; of a graph asset the output of one node outside every map. */
  readonly result: NodeOutput | undefined
}
