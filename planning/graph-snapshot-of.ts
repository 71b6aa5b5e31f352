import type { ComposedGraph, GraphNode, NodeOutput } from '../definitions/graph-node.ts'
import type { RetryPolicy } from '../definitions/retry-policy.ts'
import { configSnapshotOf } from './config-snapshot.ts'
import type { GraphNodeSnapshot, GraphSnapshot } from './graph-snapshot.ts'
import { sortedByName } from './sorted-by-name.ts'

/** What of a graph is not in the graph itself. */
export interface GraphFacts {
  /** The output that is the asset; null for a job. */
  readonly result: NodeOutput | null
  /** Retries of the ops that set none of their own. */
  readonly retries: RetryPolicy | undefined
}

/** What of a composed graph can be written down. Asynchronous because config schemas may be. */
export async function graphSnapshotOf(graph: ComposedGraph, facts: GraphFacts): Promise<GraphSnapshot> {
  return { nodes: await Promise.all(graph.nodes.map((node) => nodeSnapshot(node, facts))), result: facts.result }
}

async function nodeSnapshot({ path, op, inputs, after, over }: GraphNode, facts: GraphFacts): Promise<GraphNodeSnapshot> {
  return {
    path,
    op: op.name,
    description: op.description ?? null,
    tags: sortedByName(op.tags),
    inputs: Object.entries(inputs).map(([name, { fanIn, sources }]) => ({ name, fanIn, sources })),
    outputs: op.outputs,
    after,
    over,
    resources: [...new Set(Object.values(op.resources).map((resource) => resource.name))],
    retries: op.retries ?? facts.retries ?? null,
    timeoutMs: op.timeoutMs ?? null,
    heartbeatTimeoutMs: op.heartbeatTimeoutMs ?? null,
    codeVersion: op.codeVersion ?? null,
    config: await configSnapshotOf(op.config),
  }
}
