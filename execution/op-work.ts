import type { Computation } from '../definitions/computation.ts'
import type { GraphNode } from '../definitions/graph-node.ts'
import { metadataOf, type MetadataInput } from '../definitions/metadata-value.ts'
import type { OpContext } from '../definitions/op-context.ts'
import { opStepKey } from '../planning/step-key.ts'
import type { UserFunction } from './asset-work.ts'
import { blockingFailure } from './check-evaluation.ts'
import { type InputVersions, inputVersionsOf } from './input-versions.ts'
import { type MadeAndChecked, madeAsset } from './made-asset.ts'
import { nodeOf, type PlacedGraph } from './op-graph.ts'
import { OpInputs } from './op-inputs.ts'
import { givenOutputs, OpOutputs } from './op-outputs.ts'
import { stepContext, type StepContextParts } from './step-context.ts'
import type { StepHost } from './step-host.ts'
import { stepOutcome, type StepOutcome } from './step-outcome.ts'
import type { StepTarget } from './step-target.ts'
import type { StepWork } from './step-work.ts'

/** The step of an op. @throws `UNKNOWN_STEP` */
export function opWork(placed: PlacedGraph, target: StepTarget): StepWork {
  const node = nodeOf(placed, target.op)
  const owner = `Op "${target.stepKey}"`
  return {
    owner,
    computation: computationOf(placed, node),
    configAt: ['ops', opStepKey(placed.asset?.key, node.path)],
    perform: async (host, parts) => {
      // Of the assets that the graph reads; they were loaded by its first ops, a little before the one that makes the asset began.
      const inputVersions = makesAsset(placed, node) && placed.asset ? await inputVersionsOf(host, placed.asset) : {}
      const inputs = await new OpInputs(host, placed, node, owner).load()
      const returned: unknown = await (node.op.run as UserFunction)(inputs, contextOf(host, node, parts))
      host.signal.throwIfAborted()
      return await saved(host, { placed, node, owner, returned, parts, inputVersions })
    },
  }
}

interface Returned {
  readonly placed: PlacedGraph
  readonly node: GraphNode
  readonly owner: string
  readonly returned: unknown
  readonly parts: StepContextParts
  readonly inputVersions: InputVersions
}

async function saved(host: StepHost, { placed, node, owner, returned, parts, inputVersions }: Returned): Promise<StepOutcome> {
  const { given, missing } = givenOutputs(owner, node, returned)
  const added: Record<string, MetadataInput> = { ...parts.added }
  metadataOf(owner, added)
  const outputs = new OpOutputs(host, placed, node)
  const results: MadeAndChecked[] = []
  for (const each of given) {
    const asset = makesAsset(placed, node) && each.name === placed.graph.result?.output ? placed.asset : undefined
    await outputs.save(each, asset !== undefined, added)
    if (asset !== undefined)
      results.push(await madeAsset(host, asset, { returned: each.returned, added: parts.added, checks: {}, inputVersions }))
  }
  const checks = results.flatMap((result) => result.checks)
  return stepOutcome({
    made: results.map(({ made }) => made),
    checks,
    outputs: outputs.outputs(missing),
    values: outputs.values,
    metadata: metadataOf(owner, added),
    failure: blockingFailure(checks),
  })
}

/** Whether the graph's result is an output of this node. */
function makesAsset({ graph }: PlacedGraph, { path }: GraphNode): boolean {
  return graph.result?.node === path
}

/** An op that sets no retries has those of its job or asset. */
function computationOf({ retries }: PlacedGraph, { op }: GraphNode): Computation {
  const { config, resources, timeoutMs, heartbeatTimeoutMs } = op
  return { config, resources, retries: op.retries ?? retries, timeoutMs, heartbeatTimeoutMs }
}

function contextOf(host: StepHost, node: GraphNode, parts: StepContextParts): OpContext {
  return { ...stepContext(host, parts), opName: node.op.name, path: node.path, mappingKeys: host.target.mappingKeys ?? [] }
}
