import pMap from 'p-map'
import { AssetryError } from '../definitions/errors.ts'
import type { GraphNode, NodeInput, NodeOutput, WireSource } from '../definitions/graph-node.ts'
import { mappedStepKey, opStepKey } from '../planning/step-key.ts'
import { loadInput } from './asset-values.ts'
import { nodeOf, type PlacedGraph } from './op-graph.ts'
import { storedOutputKey } from './op-storage.ts'
import type { StepHost } from './step-host.ts'

/** Values that are loaded side by side for one list. */
const loadsAtOnce = 32

/** Loads the inputs of one step of an op: along its wires, those of its own elements where it is mapped. */
export class OpInputs {
  readonly #host: StepHost
  readonly #placed: PlacedGraph
  readonly #node: GraphNode
  readonly #owner: string

  constructor(host: StepHost, placed: PlacedGraph, node: GraphNode, owner: string) {
    this.#host = host
    this.#placed = placed
    this.#node = node
    this.#owner = owner
  }

  async load(): Promise<Readonly<Record<string, unknown>>> {
    const inputs = Object.entries(this.#node.inputs)
    return Object.fromEntries(await Promise.all(inputs.map(async ([name, input]) => [name, await this.#input(input)] as const)))
  }

  async #input({ fanIn, sources }: NodeInput): Promise<unknown> {
    if (fanIn) return (await this.#there(sources)).map(({ value }) => value)
    const [source] = sources
    if (source === undefined) return undefined
    return source.kind === 'collect' ? this.#collected(source) : this.#value(source)
  }

  /** The values of a fan-in, without those that an op left out or that were skipped. */
  async #there(sources: readonly WireSource[]): Promise<readonly { readonly value: unknown }[]> {
    const found = await pMap(
      sources,
      async (source) => ((await this.#isThere(source)) ? { value: await this.#single(source) } : undefined),
      {
        concurrency: loadsAtOnce,
      },
    )
    return found.filter((each) => each !== undefined)
  }

  #single(source: WireSource): unknown {
    return source.kind === 'collect' ? this.#collected(source) : this.#value(source)
  }

  async #isThere(source: WireSource): Promise<boolean> {
    if (source.kind !== 'output') return true
    const stepKey = this.#stepKey(source.node, this.#keysFor(source.node))
    return (await this.#given(source.output, [stepKey])).has(stepKey)
  }

  /** Of these steps those that ended well and gave the output. */
  async #given(output: string, stepKeys: readonly string[]): Promise<ReadonlySet<string>> {
    const ended = await this.#host.endedOps(stepKeys)
    const given = stepKeys.filter((key) => {
      const step = ended.get(key)
      return step?.succeeded === true && !(step.outputs?.missing ?? []).includes(output)
    })
    return new Set(given)
  }

  async #collected({ node, output }: NodeOutput): Promise<readonly unknown[]> {
    const prefix = this.#host.target.mappingKeys ?? []
    const instances = (await this.#elementKeys(node)).map((key) => [...prefix, key])
    const given = await this.#given(
      output,
      instances.map((keys) => this.#stepKey(node, keys)),
    )
    const there = instances.filter((keys) => given.has(this.#stepKey(node, keys)))
    return pMap(there, (keys) => this.#output({ node, output }, keys), { concurrency: loadsAtOnce })
  }

  /** The keys of the list that a node is mapped over, innermost. */
  async #elementKeys(path: string): Promise<readonly string[]> {
    const over = nodeOf(this.#placed, path).over.at(-1)
    if (over === undefined) return []
    const stepKey = this.#stepKey(over.node, this.#keysFor(over.node))
    const producer = (await this.#host.endedOps([stepKey])).get(stepKey)
    return producer?.outputs?.mapped?.[over.output] ?? []
  }

  #value(source: Exclude<WireSource, { kind: 'collect' }>): unknown {
    switch (source.kind) {
      case 'asset':
        return this.#asset(source.input)
      case 'element':
        return this.#output(source, this.#keysFor(source.node), this.#elementKey(source))
      case 'output':
        return this.#output(source, this.#keysFor(source.node))
    }
  }

  #asset(name: string): unknown {
    const { asset } = this.#placed
    const input = asset?.inputs[name]
    if (input !== undefined) return loadInput(this.#host, { owner: this.#owner, assetKey: asset?.key }, input)
    throw new AssetryError('UNKNOWN_STEP', `${this.#owner} reads the input "${name}" of its asset, which is not there any more.`, {
      facts: { input: name },
    })
  }

  #output({ node: path, output }: NodeOutput, mappingKeys: readonly string[], element?: string): unknown {
    const { graph, asset } = this.#placed
    const isAsset = asset !== undefined && graph.result?.node === path && graph.result.output === output && element === undefined
    const reader = { owner: this.#owner, assetKey: asset?.key }
    if (isAsset) return loadInput(this.#host, reader, { asset, options: {} })
    const manager = nodeOf(this.#placed, path).op.ioManager ?? this.#host.defaultIOManager
    return manager.load({
      assetKey: storedOutputKey({ runId: this.#host.run.id, assetKey: asset?.key, node: path, mappingKeys, output, element }),
      partitionKey: undefined,
      downstreamKey: asset?.key,
      inputMetadata: {},
      log: this.#host.log,
      signal: this.#host.signal,
    })
  }

  /** A node in this scope or one around it shares the outer elements. */
  #keysFor(path: string): readonly string[] {
    return (this.#host.target.mappingKeys ?? []).slice(0, nodeOf(this.#placed, path).over.length)
  }

  #elementKey({ level }: Extract<WireSource, { kind: 'element' }>): string {
    return this.#host.target.mappingKeys?.[level] ?? ''
  }

  #stepKey(path: string, mappingKeys: readonly string[]): string {
    return mappedStepKey(opStepKey(this.#placed.asset?.key, path), mappingKeys)
  }
}
