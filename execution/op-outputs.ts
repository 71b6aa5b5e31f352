import pMap from 'p-map'
import { AssetryError } from '../definitions/errors.ts'
import type { GraphNode, NodeOutput } from '../definitions/graph-node.ts'
import type { IOManager } from '../definitions/io-manager.ts'
import type { MetadataInput } from '../definitions/metadata-value.ts'
import { nearestText } from '../definitions/nearest.ts'
import { onlyOutput } from '../definitions/op.ts'
import type { StepOutputs } from '../planning/run-plan.ts'
import { isStream } from '../definitions/stream.ts'
import { confirmed, readAgain } from './asset-values.ts'
import { unwrapped } from './made-asset.ts'
import { mappedList, plainList, refuseManyKeys } from './mapping-keys.ts'
import { outputUse, type PlacedGraph } from './op-graph.ts'
import { storedOutputKey } from './op-storage.ts'
import type { StepHost } from './step-host.ts'

/** Elements that are saved side by side. */
const savesAtOnce = 16

/** What an op's function returned for one of its outputs. */
export interface GivenOutput {
  readonly name: string
  /** As it was returned, perhaps with its facts around it. */
  readonly returned: unknown
}

/** What an op gave, output by output. */
export interface GivenOutputs {
  readonly given: readonly GivenOutput[]
  /** Names of the optional ones that it left out. */
  readonly missing: readonly string[]
}

/**
 * What an op's function returned, by output.
 *
 * @throws `OUTPUT_NOT_RETURNED`, `OUTPUT_UNKNOWN`
 */
export function givenOutputs(owner: string, { op }: GraphNode, returned: unknown): GivenOutputs {
  const byName = op.hasNamedOutputs ? recordOf(owner, op.outputs, returned) : { [onlyOutput]: returned }
  const stranger = Object.keys(byName).find((name) => !op.outputs.some((output) => output.name === name))
  if (stranger !== undefined) throw unknownOutput(owner, stranger, op.outputs)
  const there = op.outputs.filter(({ name, optional }) => isGiven(byName[name]) || !(optional || op.hasNamedOutputs))
  const missing = op.outputs.filter((output) => !there.includes(output))
  const required = missing.find(({ optional }) => !optional)
  if (required !== undefined) throw notReturned(owner, required.name)
  return { given: there.map(({ name }) => ({ name, returned: byName[name] })), missing: missing.map(({ name }) => name) }
}

/** Saves the outputs of one step of an op, whole or element by element as they are read. */
export class OpOutputs {
  readonly #host: StepHost
  readonly #placed: PlacedGraph
  readonly #node: GraphNode
  readonly #mapped: Record<string, readonly string[]> = {}
  readonly #values: Record<string, unknown> = {}

  constructor(host: StepHost, placed: PlacedGraph, node: GraphNode) {
    this.#host = host
    this.#placed = placed
    this.#node = node
  }

  /** The outputs by name, as they were given. */
  get values(): Readonly<Record<string, unknown>> {
    return this.#values
  }

  /** What the steps after it must know. */
  outputs(missing: readonly string[]): StepOutputs {
    const hasMapped = Object.keys(this.#mapped).length > 0
    return { ...(missing.length > 0 && { missing }), ...(hasMapped && { mapped: this.#mapped }) }
  }

  /**
   * Saves one output.
   *
   * @param isAsset - whether it is saved whole elsewhere, as the asset that the graph makes
   * @param added - gets the metadata that came with it
   */
  async save({ name, returned }: GivenOutput, isAsset: boolean, added: Record<string, MetadataInput>): Promise<void> {
    const { value, facts } = unwrapped(returned)
    Object.assign(added, facts.metadata)
    this.#values[name] = plainList(value)
    const use = outputUse(this.#placed.graph, { node: this.#node.path, output: name })
    if (use.mapped) await this.#elements(name, value)
    if (use.whole && !isAsset && !(value === undefined && !this.#isRead(name))) await this.#store(name, undefined, this.#values[name])
    // A stream is used up by saving it; as an asset it is there for who asks for the asset.
    if (isStream(value) && !isAsset) this.#values[name] = readAgain(() => this.#load(name))
  }

  async #elements(name: string, value: unknown): Promise<void> {
    const op = `op "${this.#host.target.stepKey}"`
    const what = this.#node.op.hasNamedOutputs ? `The output "${name}" of ${op}` : `What ${op} returned`
    const { keys, elements } = mappedList(what, value)
    refuseManyKeys(what, [...Object.values(this.#mapped), keys])
    await pMap(keys, (key, index) => this.#store(name, key, elements[index]), { concurrency: savesAtOnce })
    this.#mapped[name] = keys
  }

  #key(output: string, element: string | undefined): string {
    const { run, target } = this.#host
    const mappingKeys = target.mappingKeys ?? []
    return storedOutputKey({ runId: run.id, assetKey: this.#placed.asset?.key, node: this.#node.path, mappingKeys, output, element })
  }

  async #load(output: string): Promise<unknown> {
    const { log } = this.#host
    const assetKey = this.#key(output, undefined)
    const signal = new AbortController().signal
    return await this.#manager().load({ assetKey, partitionKey: undefined, downstreamKey: undefined, inputMetadata: {}, log, signal })
  }

  async #store(output: string, element: string | undefined, value: unknown): Promise<void> {
    const { run, target, log, signal } = this.#host
    await this.#manager().save(
      {
        assetKey: this.#key(output, element),
        partitionKey: undefined,
        runId: run.id,
        stepKey: target.stepKey,
        definitionMetadata: {},
        log,
        signal,
        addMetadata: () => undefined,
        confirm: () => confirmed(this.#host),
      },
      value,
    )
  }

  #manager(): IOManager {
    return this.#node.op.ioManager ?? this.#host.defaultIOManager
  }

  /** Nothing that nobody reads needs no place. */
  #isRead(name: string): boolean {
    const isThis = (output: NodeOutput): boolean => output.node === this.#node.path && output.output === name
    return this.#placed.graph.nodes.some((node) =>
      Object.values(node.inputs).some(({ sources }) => sources.some((source) => source.kind !== 'asset' && isThis(source))),
    )
  }
}

function isGiven(returned: unknown): boolean {
  return unwrapped(returned).value !== undefined
}

function recordOf(owner: string, outputs: GraphNode['op']['outputs'], returned: unknown): Readonly<Record<string, unknown>> {
  if (typeof returned === 'object' && returned !== null && !Array.isArray(returned)) return returned as Readonly<Record<string, unknown>>
  const names = outputs.map(({ name }) => name).join(', ')
  throw new AssetryError(
    'OUTPUT_NOT_RETURNED',
    `${owner} returned ${returned === null ? 'null' : typeof returned}, not an object with its outputs by name: { ${names} }.`,
    { facts: { owner } },
  )
}

function notReturned(owner: string, output: string): AssetryError {
  return new AssetryError(
    'OUTPUT_NOT_RETURNED',
    `${owner} did not return its output "${output}". Return it, or declare it optional: outputs: { ${output}: { optional: true } }.`,
    { facts: { owner, output } },
  )
}

function unknownOutput(owner: string, output: string, outputs: GraphNode['op']['outputs']): AssetryError {
  const names = outputs.map(({ name }) => name)
  return new AssetryError(
    'OUTPUT_UNKNOWN',
    `${owner} returned "${output}", which it doesn't declare.${nearestText(output, names)} Declare it in outputs.`,
    {
      facts: { owner, output },
    },
  )
}
