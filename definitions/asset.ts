import type { AssetContext } from './asset-context.ts'
import { type AssetDescription, type DescribedAsset, describedAsset } from './asset-description.ts'
import { type AssetKey, assetKey } from './asset-key.ts'
import type { AssetOrigin } from './asset-origin.ts'
import { type BackfillPolicy, backfillPolicyOption, type BackfillPolicySpec } from './backfill-policy.ts'
import { type Branded, hasKind, kindOf } from './brand.ts'
import { type AssetChecks, type CheckSpec, checkSpecs } from './check-spec.ts'
import type { AssetResources, Computation, ResourceClients } from './computation.ts'
import { type ComputationOptions, computationOf, requireFunction } from './computation-options.ts'
import type { ConfigOf, ConfigSchema } from './config.ts'
import type { Input } from './input.ts'
import { type IOManager, ioManagerOption } from './io-manager.ts'
import { missingContext } from './missing-context.ts'
import type { ValueOf } from './output.ts'
import type { BatchInputs, BatchReturn, BatchValueOf, ReturnFor } from './partition-batch.ts'
import type { PartitionMap } from './partition-map.ts'
import type { PartitionGives, PartitionMapping } from './partition-mappings/partition-mapping.ts'
import type { TimeWindowMappingSpec } from './partition-mappings/partition-mapping-spec.ts'
import { selfMappingOption } from './partition-mappings/self-mapping.ts'
import { type PartitionsDefinition, partitionsOption } from './partitions/partitions-definition.ts'
import { upstreamOf } from './upstream.ts'

/** Upstream assets by the name they have in `materialize`. */
export type AssetInputs = Readonly<Record<string, AnyAsset | Input>>

/** The value an asset produces: `OutputOf<typeof orders>`. */
export type OutputOf<TAsset> =
  TAsset extends Input<infer TInner> ? OutputOf<TInner> : TAsset extends Asset<infer TOutput, infer _TDirectCall> ? TOutput : never

/** What an input is loaded as: the value of its asset, or where its partition mapping gives several, a map of them. */
export type LoadedInput<TInput> =
  TInput extends Input<infer TInner, infer TGives> ? MappedValue<OutputOf<TInner>, TGives> : OutputOf<TInput>

type MappedValue<TValue, TGives extends PartitionGives> = TGives extends 'many' ? PartitionMap<TValue> : TValue

/** What `materialize` receives: one property per declared input, already loaded. */
export type LoadedInputs<TInputs extends AssetInputs> = { readonly [K in keyof TInputs]: LoadedInput<TInputs[K]> }

/** What `materialize` receives: {@link LoadedInputs}, or where one call makes several partitions, maps of those. */
export type InputsFor<TInputs extends AssetInputs, TPolicy> = TPolicy extends BackfillPolicy ? BatchInputs<TInputs> : LoadedInputs<TInputs>

/** The value of an asset, or of one partition of it, in what its function returns. */
export type ValueFor<TReturn, TPolicy> = TPolicy extends BackfillPolicy ? BatchValueOf<TReturn> : ValueOf<TReturn>

/** The `materialize` function of an asset, for a direct call in a test. */
export type DirectCall<
  TInputs extends AssetInputs,
  TConfig extends ConfigSchema,
  TResources extends AssetResources,
  TReturn,
  TChecks extends AssetChecks = AssetChecks,
  TPolicy extends BackfillPolicy | undefined = undefined,
> = (
  inputs: InputsFor<TInputs, TPolicy>,
  context?: AssetContext<ConfigOf<TConfig>, ResourceClients<TResources>, keyof TChecks & string>,
) => TReturn

/** An upstream asset named by its definition or its key, or by `input()` with a partition mapping. */
export type AssetDep = AnyAsset | AssetKey | Input

/** What {@link asset} takes beside the function. */
export interface AssetSettings<
  TInputs extends AssetInputs,
  TConfig extends ConfigSchema,
  TResources extends AssetResources,
  TKey extends string,
  TChecks extends AssetChecks,
  TPartitions extends PartitionsDefinition | undefined,
>
  extends AssetDescription, ComputationOptions<TConfig, TResources> {
  /** Its name: `orders`, or with parts `raw/orders`. */
  readonly key: TKey
  /** Change it when the function's meaning changes. */
  readonly codeVersion?: string
  /** Upstream assets whose values `materialize` gets. */
  readonly inputs?: TInputs
  /** Upstream assets that must come first, but are not loaded. */
  readonly deps?: readonly AssetDep[]
  /** Cuts it into parts that are materialized one by one, each with a key. @default none */
  readonly partitions?: TPartitions
  /**
   * Which earlier partitions of itself a partition needs, such as `timeWindowMapping({ startOffset: -1, endOffset: -1 })`. They
   * come first, but are not loaded.
   *
   * @default none
   */
  readonly selfDependency?: PartitionMapping
  /** Stores this asset's value. @default the one of `definitions()`, else files under `.assetry/storage` */
  readonly ioManager?: IOManager
  /** Checks that `materialize` itself makes and reports. For a check with a step of its own there is `assetCheck()`. */
  readonly checks?: TChecks
}

/** What {@link asset} takes. */
export interface AssetOptions<
  TInputs extends AssetInputs,
  TConfig extends ConfigSchema,
  TResources extends AssetResources,
  TReturn,
  TKey extends string = string,
  TChecks extends AssetChecks = AssetChecks,
  TPartitions extends PartitionsDefinition | undefined = PartitionsDefinition | undefined,
  TPolicy extends BackfillPolicy | undefined = undefined,
> extends AssetSettings<TInputs, TConfig, TResources, TKey, TChecks, TPartitions> {
  /**
   * For how many partitions at once a backfill calls `materialize`: `singleRun()` or `multiRun({ maxPartitionsPerRun: 30 })`.
   * Then its inputs are maps of partitions, and it returns a map or pairs of partition keys and values, or nothing.
   *
   * @default one
   */
  readonly backfillPolicy?: TPolicy
  /** Makes the data. Returns the value, or `output(value, { metadata })`. */
  readonly materialize: (
    inputs: InputsFor<TInputs, TPolicy>,
    context: AssetContext<ConfigOf<TConfig>, ResourceClients<TResources>, keyof TChecks & string>,
  ) => TReturn
}

/** What {@link asset} takes for an asset that makes several partitions at once. */
export interface BatchAssetOptions<
  TInputs extends AssetInputs,
  TConfig extends ConfigSchema,
  TResources extends AssetResources,
  TReturn,
  TKey extends string = string,
  TChecks extends AssetChecks = AssetChecks,
  TPartitions extends PartitionsDefinition = PartitionsDefinition,
> extends AssetSettings<TInputs, TConfig, TResources, TKey, TChecks, TPartitions> {
  readonly partitions: TPartitions
  /** For how many partitions at once a backfill calls `materialize`. */
  readonly backfillPolicy: BackfillPolicy
  /**
   * Makes the data of all `context.partitionKeys`. Returns a map of their values or of `output(value, { metadata })`, or gives
   * pairs of key and value one after another; or returns nothing where it has written the data itself.
   */
  readonly materialize: (
    inputs: BatchInputs<TInputs>,
    context: AssetContext<ConfigOf<TConfig>, ResourceClients<TResources>, keyof TChecks & string>,
    // The second lets the compiler see pairs in what a generator yields.
  ) => TReturn | BatchReturn
}

/** Data that should exist, and how to make it. */
export interface Asset<
  TOutput = unknown,
  TDirectCall = (inputs: never, context?: never) => unknown,
  TKey extends string = string,
  TPartitions extends PartitionsDefinition | undefined = PartitionsDefinition | undefined,
>
  extends Branded<'asset'>, DescribedAsset, Computation {
  readonly key: TKey
  readonly codeVersion: string | undefined
  readonly inputs: Readonly<Record<string, Input>>
  /** Keys of all upstream assets, loaded or not, each once. */
  readonly upstreamKeys: readonly AssetKey[]
  /** The partition mappings that were declared, by upstream key. */
  readonly partitionMappings: Readonly<Record<AssetKey, PartitionMapping>>
  /** Which earlier partitions of itself a partition needs. */
  readonly selfMapping: TimeWindowMappingSpec | undefined
  readonly ioManager: IOManager | undefined
  readonly partitions: TPartitions
  /** For how many partitions at once a backfill calls its function; undefined for one. Only `asset()` takes it. */
  readonly backfillPolicy?: BackfillPolicySpec | undefined
  /** How its data comes to be. */
  readonly origin: AssetOrigin
  /** Checks that its own step reports. Those with a step of their own are declared by `assetCheck()`. */
  readonly checks: readonly CheckSpec[]
  /**
   * Calls the function as it was written, for tests: nothing is loaded, checked or stored, and what it returns is
   * returned as it is. A function that uses its context needs one: `buildAssetContext()` of `assetry/testing`.
   */
  readonly materialize: TDirectCall
  /** Only for types. */
  readonly outputType?: TOutput
}

// oxlint-disable-next-line typescript/no-explicit-any -- the one place where an asset's own types don't matter
export type AnyAsset = Asset<any, any>

/**
 * Declares an asset.
 *
 * @example
 * ```ts
 * const highScorers = asset({
 *   key: 'high_scorers',
 *   inputs: { rawData },
 *   materialize: ({ rawData }) => rawData.filter((row) => row.score > 80),
 * })
 * ```
 * @throws `INVALID_ASSET_KEY`, `INVALID_NAME`, `INVALID_OPTION`, `METADATA_INVALID`
 */
export function asset<
  TReturn extends BatchReturn,
  const TInputs extends AssetInputs = {},
  TConfig extends ConfigSchema = ConfigSchema<undefined>,
  const TResources extends AssetResources = {},
  const TKey extends string = string,
  const TChecks extends AssetChecks = {},
  TPartitions extends PartitionsDefinition = PartitionsDefinition,
>(
  options: BatchAssetOptions<TInputs, TConfig, TResources, TReturn, TKey, TChecks, TPartitions>,
): Asset<BatchValueOf<TReturn>, DirectCall<TInputs, TConfig, TResources, TReturn, TChecks, BackfillPolicy>, TKey, TPartitions>
export function asset<
  TReturn extends ReturnFor<TPolicy>,
  const TInputs extends AssetInputs = {},
  TConfig extends ConfigSchema = ConfigSchema<undefined>,
  const TResources extends AssetResources = {},
  const TKey extends string = string,
  const TChecks extends AssetChecks = {},
  TPartitions extends PartitionsDefinition | undefined = undefined,
  TPolicy extends BackfillPolicy | undefined = undefined,
>(
  options: AssetOptions<TInputs, TConfig, TResources, TReturn, TKey, TChecks, TPartitions, TPolicy>,
): Asset<ValueFor<TReturn, TPolicy>, DirectCall<TInputs, TConfig, TResources, TReturn, TChecks, TPolicy>, TKey, TPartitions>
export function asset<
  TReturn extends ReturnFor<TPolicy>,
  const TInputs extends AssetInputs = {},
  TConfig extends ConfigSchema = ConfigSchema<undefined>,
  const TResources extends AssetResources = {},
  const TKey extends string = string,
  const TChecks extends AssetChecks = {},
  TPartitions extends PartitionsDefinition | undefined = undefined,
  TPolicy extends BackfillPolicy | undefined = undefined,
>(
  options: AssetOptions<TInputs, TConfig, TResources, TReturn, TKey, TChecks, TPartitions, TPolicy>,
): Asset<ValueFor<TReturn, TPolicy>, DirectCall<TInputs, TConfig, TResources, TReturn, TChecks, TPolicy>, TKey, TPartitions> {
  const key = assetKey(options.key)
  const owner = `asset "${key}"`
  requireFunction(owner, 'materialize', options.materialize)
  return {
    [kindOf]: 'asset',
    key,
    ...describedAsset(owner, options),
    codeVersion: options.codeVersion,
    ...upstreamOf(owner, options),
    ...computationOf(owner, options),
    ioManager: ioManagerOption(owner, options.ioManager),
    partitions: partitionsOption(owner, options.partitions) as TPartitions,
    backfillPolicy: backfillPolicyOption(owner, options.backfillPolicy, options.partitions),
    selfMapping: selfMappingOption(owner, options.selfDependency, options.partitions),
    origin: { kind: 'function', run: options.materialize },
    checks: checkSpecs(owner, options.checks ?? {}),
    materialize: (given, context) =>
      options.materialize(given, context ?? missingContext(`Asset "${key}"`, 'materialize', 'buildAssetContext')),
  }
}

export function isAsset(value: unknown): value is AnyAsset {
  return hasKind(value, 'asset')
}
