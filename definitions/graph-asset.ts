import type { Asset, AssetDep, AssetInputs, LoadedInput } from './asset.ts'
import { type AssetDescription, describedAsset } from './asset-description.ts'
import { assetKey } from './asset-key.ts'
import { kindOf } from './brand.ts'
import { type AssetChecks, checkSpecs } from './check-spec.ts'
import { compose, type Composed } from './compose.ts'
import { graphError, type Place } from './composition.ts'
import { noComputation, requireFunction } from './computation-options.ts'
import type { ComposedGraph } from './graph-node.ts'
import type { Input } from './input.ts'
import { type IOManager, ioManagerOption } from './io-manager.ts'
import { wireOf } from './mapping.ts'
import { notMaterializable } from './not-materializable.ts'
import { type RetryOptions, retryPolicy } from './retry-policy.ts'
import { upstreamOf } from './upstream.ts'
import { isMappedWire, isWire, type Wire } from './wire.ts'
import { described, originAt } from './wire-origin.ts'

/** A wire for each upstream asset, by the name it has in `inputs`. */
export type AssetWires<TInputs extends AssetInputs> = { readonly [K in keyof TInputs]: Wire<LoadedInput<TInputs[K]>> }

/** What {@link graphAsset} takes. */
export interface GraphAssetOptions<TInputs extends AssetInputs, TOutput, TKey extends string> extends AssetDescription {
  /** Its name: `orders`, or with parts `raw/orders`. */
  readonly key: TKey
  /** Change it when what the graph makes changes its meaning. @default made from the ops and how they are wired */
  readonly codeVersion?: string
  /** Upstream assets whose values the graph gets as wires. */
  readonly inputs?: TInputs
  /** Upstream assets that must come first, but are not loaded. */
  readonly deps?: readonly AssetDep[]
  /** Stores this asset's value. @default the one of `definitions()`, else files under `.assetry/storage` */
  readonly ioManager?: IOManager
  /** Retries of its ops that set none of their own. @default none */
  readonly retries?: RetryOptions
  /** Checks that the op which gives the asset reports: `output(value, { checks })`. For a check with a step of its own there is `assetCheck()`. */
  readonly checks?: AssetChecks
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
 * @throws `INVALID_ASSET_KEY`, `INVALID_NAME`, `INVALID_OPTION`, `METADATA_INVALID`, `GRAPH_INVALID`, `WIRE_OUT_OF_SCOPE`
 */
export function graphAsset<TOutput, const TInputs extends AssetInputs = {}, const TKey extends string = string>(
  options: GraphAssetOptions<TInputs, TOutput, TKey>,
): Asset<TOutput, never, TKey, undefined> {
  const key = assetKey(options.key)
  const owner = `asset "${key}"`
  requireFunction(owner, 'graph', options.graph)
  const upstream = upstreamOf(owner, options)
  const composed = compose(owner, (place) => options.graph(wiresOf(place, upstream.inputs) as AssetWires<TInputs>))
  return {
    [kindOf]: 'asset',
    key,
    ...describedAsset(owner, options),
    codeVersion: options.codeVersion,
    ...upstream,
    ...noComputation,
    retries: options.retries && retryPolicy(options.retries, owner),
    ioManager: ioManagerOption(owner, options.ioManager),
    partitions: undefined,
    selfMapping: undefined,
    origin: { kind: 'graph', graph: withResult(composed) },
    checks: checkSpecs(owner, options.checks ?? {}),
    materialize: notMaterializable(key, 'is made by a graph of ops, each with its own run()'),
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
