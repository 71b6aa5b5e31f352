import { z } from 'zod'
import { RetryPolicy, StepConfig } from './step-config.ts'
import { Tags } from './tags.ts'

/** Names the output of a node. */
export const NodeOutput = z
  .object({ node: z.string().meta({ description: 'Path of the node.' }), output: z.string() })
  .meta({ id: 'NodeOutput', examples: [{ node: 'fetch_data', output: 'result' }] })
export type NodeOutput = z.infer<typeof NodeOutput>

/** Where the value of an input comes from. */
export const WireSource = z
  .discriminatedUnion('kind', [
    z.object({ kind: z.literal('output'), node: z.string(), output: z.string() }),
    z.object({ kind: z.literal('element'), level: z.number().int().min(0), node: z.string(), output: z.string() }),
    z.object({ kind: z.literal('collect'), node: z.string(), output: z.string() }),
    z.object({ kind: z.literal('asset'), input: z.string(), assetKey: z.string() }),
  ])
  .meta({
    id: 'WireSource',
    description:
      '`output`: an output of another node. `element`: one element of a list that is mapped over; `level` says of which in `over`. `collect`: the outputs of a mapped node, as a list. `asset`: an input of a graph asset.',
  })
export type WireSource = z.infer<typeof WireSource>

/** One invocation of an op in a graph. */
export const GraphNode = z
  .object({
    path: z.string().meta({ description: 'Unique in the graph.', examples: ['outer.clean'] }),
    op: z.string().meta({ examples: ['clean'] }),
    description: z.string().nullable(),
    tags: Tags,
    inputs: z.array(
      z.object({
        name: z.string(),
        fanIn: z.boolean().meta({ description: 'Whether it gets a list with one entry a source.' }),
        sources: z.array(WireSource),
      }),
    ),
    outputs: z.array(z.object({ name: z.string(), optional: z.boolean() })),
    after: z.array(z.string()).meta({ description: 'Nodes that come first without giving data.' }),
    over: z.array(NodeOutput).meta({ description: 'Lists it is mapped over, outermost first: it has a step for each element.' }),
    resources: z.array(z.string()),
    retries: z.union([RetryPolicy, z.null()]),
    timeoutMs: z.number().nullable(),
    heartbeatTimeoutMs: z.number().nullable(),
    codeVersion: z.string().nullable(),
    config: z.union([StepConfig, z.null()]),
  })
  .meta({ id: 'GraphNode', description: 'One invocation of an op in a graph.' })
export type GraphNode = z.infer<typeof GraphNode>

/** The ops of a job, or those that make a graph asset. */
export const Graph = z
  .object({
    nodes: z.array(GraphNode).meta({ description: 'Each comes after those it needs.' }),
    result: z.union([NodeOutput, z.null()]).meta({ description: 'The output that is the asset; null for a job.' }),
  })
  .meta({ id: 'Graph', description: 'The ops of a job, or those that make a graph asset.' })
export type Graph = z.infer<typeof Graph>
