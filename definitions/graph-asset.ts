import { type Asset, asset, type AssetInputs, type AssetOptions, type OutputOf } from './asset.ts'
import type { AssetKey } from './asset-key.ts'
import { compose, type Composed } from './compose.ts'
import { graphError, type Place } from './composition.ts'
import type { AssetResources } from './computation.ts'
import type { ConfigSchema } from './config.ts'
import { AssetryError } from './errors.ts'
import type { ComposedGraph } from './graph-node.ts'
import type { Input } from './input.ts'
import { wireOf } from './mapping.ts'
import { isMappedWire, isWire, type Wire } from './wire.ts'
import { described, originAt } from './wire-origin.ts'

/** A wire for each upstream asset, by the name it has in `inputs`. */
export type AssetWires<TInputs extends AssetInputs> = { readonly [K in keyof TInputs]: Wire<OutputOf<TInputs[K]>> }

/** What {@link graphAsset} takes. */
export interface GraphAssetOptions<TInputs extends AssetInputs, TOutput, TKey extends string = string> extends Pick<
  AssetOptions<TInputs, ConfigSchema, AssetResources, TOutput, TKey>,
  'key' | 'group' | 'description' | 'owners' | 'tags' | 'kinds' | 'metadata' | 'codeVersion' | 'inputs' | 'deps' | 'ioManager'
> {
  /** Invokes ops and returns the wire whose value is the asset. It runs once, now. */
  readonly graph: (inputs: AssetWires<TInputs>) => Wire<TOutput>
}

/**
 * Declares an asset that a graph of ops makes. Each op is a step of its own, with its own retries; what the last one gives
 * is the asset.
 *
 * @example
 * ```ts
 * const report = graphAsset({
 *   key: 'report',
 *   inputs: { orders },
 *   graph: ({ orders }) => summarize({ parts: split({ orders }).map((part) => analyze({ part })).collect() }),
 * })
 * ```
 * @throws `INVALID_ASSET_KEY`, `INVALID_OPTION`, `METADATA_INVALID`, `GRAPH_INVALID`, `WIRE_OUT_OF_SCOPE`
 */
export function graphAsset<TOutput, const TInputs extends AssetInputs = {}, const TKey extends string = string>(
  options: GraphAssetOptions<TInputs, TOutput, TKey>,
): Asset<TOutput, (inputs: never, context?: never) => unknown, TKey> {
  const { graph: body, ...declaration } = options
  const declared = asset({ ...declaration, materialize: (): TOutput => refuseCall(options.key) })
  const owner = `graph asset "${declared.key}"`
  if (typeof body !== 'function') {
    throw new AssetryError('INVALID_OPTION', `${owner}: graph is ${typeof body}, not a function.`, { facts: { key: declared.key } })
  }
  const composed = compose(owner, (place) => body(wiresOf(place, declared.inputs) as AssetWires<TInputs>))
  return {
    ...(declared as Asset<TOutput, (inputs: never, context?: never) => unknown, TKey>),
    origin: { kind: 'graph', graph: withResult(composed) },
  }
}

function wiresOf({ composition }: Place, inputs: Readonly<Record<string, Input>>): Readonly<Record<string, Wire>> {
  const wires = Object.entries(inputs).map(([input, { asset: upstream }]) => [
    input,
    wireOf({ composition, map: undefined, source: { kind: 'asset', input, assetKey: upstream.key } }),
  ])
  return Object.fromEntries(wires) as Readonly<Record<string, Wire>>
}

function withResult({ graph, place, returned }: Composed): ComposedGraph {
  if (graph.result !== undefined) return graph
  throw graphError(
    'GRAPH_INVALID',
    place,
    `its body returns ${resultText(place, returned)}. The asset is what one op gives outside of every map: return the wire of such an op. ` +
      `Where the last ops are mapped, .collect() what they give, hand the list to an op, and return that one's wire.`,
  )
}

function resultText(place: Place, returned: unknown): string {
  if (isMappedWire(returned)) return 'what is mapped, one value for each element'
  if (isWire(returned)) return described(originAt(place, 'what the body returns', returned).source)
  return returned === undefined ? 'nothing' : `${typeof returned}, not a wire`
}

function refuseCall(key: AssetKey): never {
  throw new AssetryError(
    'GRAPH_INVALID',
    `Asset "${key}" is made by a graph of ops and has no function of its own to call. Call run() of its ops, or materialize([…]) with it.`,
    { facts: { key } },
  )
}
