import type { AssetKey } from '../definitions/asset-key.ts'
import type { NodeOutput } from '../definitions/graph-node.ts'
import type { GraphNodeSnapshot, GraphSnapshot } from './graph-snapshot.ts'
import type { PlanInput, PlanOutput, PlanStep } from './run-plan.ts'
import { opStepKey } from './step-key.ts'

/** Where the steps of a graph stand in a plan. */
export interface GraphPlace {
  /** The asset that the graph makes; undefined for a job. */
  readonly asset: AssetKey | undefined
  /** Position of its first step. */
  readonly first: number
  /** What its ops come after that come after no other op of it. */
  readonly after: readonly number[]
  /** Outputs among these without which none of its ops is run. */
  readonly inputs: readonly PlanInput[]
}

/** The steps of a graph, one a node, in the order of its nodes. */
export function graphSteps({ nodes }: GraphSnapshot, place: GraphPlace): readonly PlanStep[] {
  const positions = new Map(nodes.map(({ path }, index) => [path, place.first + index]))
  const positionOf = (path: string): number => positions.get(path) as number
  return nodes.map((node) => nodeStep(node, place, positionOf))
}

/** Position of the step that makes the asset of the graph. */
export function resultPosition({ nodes, result }: GraphSnapshot, first: number): number {
  return first + nodes.findIndex(({ path }) => path === result?.node)
}

function nodeStep(node: GraphNodeSnapshot, { asset, ...before }: GraphPlace, positionOf: (path: string) => number): PlanStep {
  const planned = ({ node: path, output }: NodeOutput): PlanOutput => [positionOf(path), output]
  const inputs = node.inputs.map(({ fanIn, sources }): PlanInput => {
    const from = sources.flatMap((source) => (source.kind === 'asset' ? [] : [planned(source)]))
    if (!fanIn) return { from }
    return from.length < sources.length ? { from, fanIn, always: true } : { from, fanIn }
  })
  const wired = inputs.flatMap(({ from }) => from.map(([position]) => position))
  const own = [...wired, ...node.after.map(positionOf), ...node.over.map(({ node: path }) => positionOf(path))]
  const isFirst = own.length === 0
  const withSources = isFirst ? before.inputs : inputs.filter(({ from }) => from.length > 0)
  return {
    key: opStepKey(asset, node.path),
    kind: 'op',
    op: node.path,
    ...(asset !== undefined && { asset }),
    after: isFirst ? before.after : [...new Set(own)].sort((one, other) => one - other),
    ...(withSources.length > 0 && { inputs: withSources }),
    ...(node.over.length > 0 && { over: node.over.map(planned) }),
    ...(node.timeoutMs !== null && { timeoutMs: node.timeoutMs }),
    ...(node.heartbeatTimeoutMs !== null && { heartbeatTimeoutMs: node.heartbeatTimeoutMs }),
  }
}
