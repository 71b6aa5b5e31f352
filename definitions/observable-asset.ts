import type { Asset, AssetDep, AssetInputs, LoadedInputs } from './asset.ts'
import type { AssetContext } from './asset-context.ts'
import { type AssetDescription, describedAsset } from './asset-description.ts'
import { assetKey } from './asset-key.ts'
import { kindOf } from './brand.ts'
import type { AssetResources, ResourceClients } from './computation.ts'
import { type ComputationOptions, computationOf, requireFunction } from './computation-options.ts'
import type { ConfigOf, ConfigSchema } from './config.ts'
import { type IOManager, ioManagerOption } from './io-manager.ts'
import { missingContext } from './missing-context.ts'
import { notMaterializable } from './not-materializable.ts'
import type { ObservationOutcome } from './observation.ts'
import { type PartitionsDefinition, partitionsOption } from './partitions/partitions-definition.ts'
import { upstreamOf } from './upstream.ts'
import type { ValueType } from './value-type.ts'

/** The second parameter of `observe`. Metadata that is added goes with the observation. */
export type ObservationContext<TConfig = unknown, TResources = Readonly<Record<string, unknown>>> = Omit<
  AssetContext<TConfig, TResources>,
  'reportCheck'
>

/** The `observe` function of an asset, for a direct call in a test. */
export type ObserveCall<TInputs extends AssetInputs, TConfig extends ConfigSchema, TResources extends AssetResources, TReturn> = (
  inputs: LoadedInputs<TInputs>,
  context?: ObservationContext<ConfigOf<TConfig>, ResourceClients<TResources>>,
) => TReturn

/** What {@link observableAsset} takes. */
export interface ObservableAssetOptions<
  TValue,
  TKey extends string,
  TInputs extends AssetInputs,
  TConfig extends ConfigSchema,
  TResources extends AssetResources,
  TReturn,
  TPartitions extends PartitionsDefinition | undefined = PartitionsDefinition | undefined,
>
  extends AssetDescription, ComputationOptions<TConfig, TResources> {
  /** Its name: `orders`, or with parts `raw/orders`. */
  readonly key: TKey
  /** The type that assets get which have it as an input: `valueType<Row[]>()`. */
  readonly value?: ValueType<TValue>
  /** Change it when the meaning of the function changes. */
  readonly codeVersion?: string
  /** Assets whose values `observe` gets. */
  readonly inputs?: TInputs
  /** Assets that must come first, but are not loaded. */
  readonly deps?: readonly AssetDep[]
  /** Cuts it into parts that are observed one by one, each with a key. @default none */
  readonly partitions?: TPartitions
  /** Loads its value for those that have it as an input. @default the one of `definitions()`, else files under `.assetry/storage` */
  readonly ioManager?: IOManager
  /** Looks at the data. Returns its version, or `observation({ dataVersion, metadata })`. */
  readonly observe: (inputs: LoadedInputs<TInputs>, context: ObservationContext<ConfigOf<TConfig>, ResourceClients<TResources>>) => TReturn
}

/** An asset that is made elsewhere and looked at here. */
export interface ObservableAsset<
  TValue = unknown,
  TKey extends string = string,
  TObserveCall = (inputs: never, context?: never) => unknown,
  TPartitions extends PartitionsDefinition | undefined = PartitionsDefinition | undefined,
> extends Asset<TValue, never, TKey, TPartitions> {
  /** Calls the function as it was written, for tests; with `buildAssetContext()` of `assetry/testing` where it uses its context. */
  readonly observe: TObserveCall
}

/**
 * Declares an asset that is made elsewhere, with a function that looks at it and says which version of its data is there.
 * A run records what it found as an observation; nothing is stored.
 *
 * @example
 * ```ts
 * const catalog = observableAsset({
 *   key: 'vendor/catalog',
 *   observe: async () => {
 *     const response = await fetch('https://example.com/catalog.csv', { method: 'HEAD' })
 *     return observation({ dataVersion: response.headers.get('etag') ?? '', metadata: { status: response.status } })
 *   },
 * })
 * ```
 * @throws `INVALID_ASSET_KEY`, `INVALID_OPTION`, `METADATA_INVALID`
 */
export function observableAsset<
  TReturn extends ObservationOutcome | Promise<ObservationOutcome>,
  const TInputs extends AssetInputs = {},
  TConfig extends ConfigSchema = ConfigSchema<undefined>,
  const TResources extends AssetResources = {},
  const TKey extends string = string,
  TValue = unknown,
  TPartitions extends PartitionsDefinition | undefined = undefined,
>(
  options: ObservableAssetOptions<TValue, TKey, TInputs, TConfig, TResources, TReturn, TPartitions>,
): ObservableAsset<TValue, TKey, ObserveCall<TInputs, TConfig, TResources, TReturn>, TPartitions> {
  const key = assetKey(options.key)
  const owner = `asset "${key}"`
  requireFunction(owner, 'observe', options.observe)
  return {
    [kindOf]: 'asset',
    key,
    ...describedAsset(owner, options),
    codeVersion: options.codeVersion,
    ...upstreamOf(owner, options),
    ...computationOf(owner, options),
    ioManager: ioManagerOption(owner, options.ioManager),
    partitions: partitionsOption(owner, options.partitions) as TPartitions,
    selfMapping: undefined,
    origin: { kind: 'observable', observe: options.observe },
    checks: [],
    materialize: notMaterializable(key, 'is observed, not made'),
    observe: (given, context) => options.observe(given, context ?? missingContext(`Asset "${key}"`, 'observe', 'buildAssetContext')),
  }
}
