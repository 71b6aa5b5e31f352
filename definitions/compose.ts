import { type Composition, graphError, type Place, runBody } from './composition.ts'
import type { ComposedGraph, NodeOutput } from './graph-node.ts'
import { isWire } from './wire.ts'
import { originAt } from './wire-origin.ts'

/** A graph and the wire that its body returned, if it did. */
export interface Composed {
  readonly graph: ComposedGraph
  readonly place: Place
  readonly returned: unknown
}

/**
 * Runs the body of a job or a graph asset, once, and returns what it composed.
 *
 * @param owner - whose graph it is, for the texts of errors: `job "nightly"`
 * @throws `GRAPH_INVALID`, `WIRE_OUT_OF_SCOPE`; and whatever the body throws
 */
export function compose(owner: string, body: (place: Place) => unknown): Composed {
  const composition: Composition = { owner, nodes: new Map(), paths: new Map() }
  const place: Place = { composition, prefix: '', map: undefined, after: [] }
  const returned = runBody(place, 'the body of the graph', () => body(place))
  if (composition.nodes.size === 0) throw graphError('GRAPH_INVALID', place, 'its body invokes no op, so there is nothing to run.')
  return { graph: { nodes: [...composition.nodes.values()], result: resultOf(place, returned) }, place, returned }
}

function resultOf(place: Place, returned: unknown): NodeOutput | undefined {
  if (!isWire(returned)) return undefined
  const { source } = originAt(place, 'what the body returns', returned)
  return source.kind === 'output' ? { node: source.node, output: source.output } : undefined
}
