import type { AnyAsset, Asset, AssetDep, AssetInputs, LoadedInputs } from './asset.ts'
import { type AssetDescription, describedAsset } from './asset-description.ts'
import { type AssetKey, assetKey } from './asset-key.ts'
import type { MultiAssetStep } from './asset-origin.ts'
import { type Branded, hasKind, kindOf } from './brand.ts'
import { type AssetChecks, checkSpecs } from './check-spec.ts'
import type { AssetResources, Computation, ResourceClients } from './computation.ts'
import { type ComputationOptions, computationOf, requireFunction } from './computation-options.ts'
import type { ConfigOf, ConfigSchema } from './config.ts'
import { AssetryError } from './errors.ts'
import { type IOManager, ioManagerOption } from './io-manager.ts'
import { missingContext } from './missing-context.ts'
import type { MultiAssetContext } from './multi-asset-context.ts'
import { definitionName } from './name.ts'
import { notMaterializable } from './not-materializable.ts'
import type { ValueOf } from './output.ts'
import type { PartitionMapping } from './partition-mappings/partition-mapping.ts'
import { selfMappingOption } from './partition-mappings/self-mapping.ts'
import { type PartitionsDefinition, partitionsOption } from './partitions/partitions-definition.ts'
import { type Upstream, upstreamOf } from './upstream.ts'

/** One asset of a multi-asset. */
export interface MultiAssetOutput extends AssetDescription {
  /** Name of the asset: `users`, or with parts `raw/users`. */
  readonly key: string
  /** Whether `materialize` may leave it out, which is no error; what needs it is then skipped. @default false */
  readonly optional?: boolean
  /** Change it when the meaning of what makes this asset changes. */
  readonly codeVersion?: string
  /** Stores this asset's value. @default the one of `definitions()`, else files under `.assetry/storage` */
  readonly ioManager?: IOManager
  /** Checks of this asset that `materialize` itself makes and reports. */
  readonly checks?: AssetChecks
}

/** The assets of a multi-asset by the name that `materialize` returns them under. */
export type MultiAssetOutputs = Readonly<Record<string, MultiAssetOutput>>

/** Names of outputs that `materialize` may leave out. */
type OptionalNames<TOutputs extends MultiAssetOutputs, TSubsettable extends boolean> = [TSubsettable] extends [false]
  ? { [K in keyof TOutputs]: TOutputs[K] extends { readonly optional: true } ? K : never }[keyof TOutputs]
  : keyof TOutputs

/** What `materialize` must return: each output's value, `output(value, …)` or a promise of one, under its name. */
export type MultiAssetValues<TOutputs extends MultiAssetOutputs, TSubsettable extends boolean> = {
  readonly [K in Exclude<keyof TOutputs, OptionalNames<TOutputs, TSubsettable>>]: unknown
} & { readonly [K in OptionalNames<TOutputs, TSubsettable>]?: unknown }

/** Refuses values of outputs that were not declared, also behind a promise. */
type OnlyDeclared<TReturn, TOutputs extends MultiAssetOutputs> =
  TReturn extends Promise<infer TResolved>
    ? Promise<{ readonly [K in Exclude<KeyOfEach<TResolved>, keyof TOutputs>]?: never }>
    : { readonly [K in Exclude<KeyOfEach<TReturn>, keyof TOutputs>]?: never }

/** Refuses options of an output that there aren't: a type that is inferred accepts any. */
type OnlyKnown<TOutputs> = {
  readonly [K in keyof TOutputs]: { readonly [TOption in Exclude<keyof TOutputs[K], keyof MultiAssetOutput>]: never }
}

type KeyOfEach<TUnion> = TUnion extends unknown ? keyof TUnion : never

/** The value of one output in what `materialize` returns. */
type ReturnedValue<TReturn, TName, TMayBeLeftOut extends boolean> =
  Awaited<TReturn> extends infer TEach
    ? TEach extends unknown
      ? TName extends keyof TEach
        ? ValueOf<TMayBeLeftOut extends true ? Exclude<Awaited<TEach[TName]>, undefined> : TEach[TName]>
        : never
      : never
    : never

/** The assets of a multi-asset, each with the type of its value. */
export type MultiAssetMembers<
  TOutputs extends MultiAssetOutputs,
  TSubsettable extends boolean,
  TReturn,
  TPartitions extends PartitionsDefinition | undefined = PartitionsDefinition | undefined,
> = {
  readonly [K in keyof TOutputs]: Asset<
    ReturnedValue<TReturn, K, K extends OptionalNames<TOutputs, TSubsettable> ? true : false>,
    never,
    TOutputs[K]['key'],
    TPartitions
  >
}

/** The `materialize` function of a multi-asset, for a direct call in a test. */
export type MultiAssetCall<
  TOutputs extends MultiAssetOutputs,
  TInputs extends AssetInputs,
  TConfig extends ConfigSchema,
  TResources extends AssetResources,
  TReturn,
> = (
  inputs: LoadedInputs<TInputs>,
  context?: MultiAssetContext<ConfigOf<TConfig>, ResourceClients<TResources>, keyof TOutputs & string>,
) => TReturn

/** What {@link multiAsset} takes. */
export interface MultiAssetOptions<
  TOutputs extends MultiAssetOutputs,
  TSubsettable extends boolean,
  TInputs extends AssetInputs,
  TConfig extends ConfigSchema,
  TResources extends AssetResources,
  TReturn,
  TPartitions extends PartitionsDefinition | undefined = PartitionsDefinition | undefined,
> extends ComputationOptions<TConfig, TResources> {
  /** Names the step that makes them, and its config; unique among assets and multi-assets. */
  readonly name: string
  /** Group of those of its assets that name none. @default 'default' */
  readonly group?: string
  /** What it makes, by the names under which `materialize` returns it. */
  readonly outputs: TOutputs & OnlyKnown<TOutputs>
  /** Whether a run may ask for some of the assets without the others; then `context.selectedOutputs` says which. @default false */
  readonly subsettable?: TSubsettable
  /** Cuts all of its assets into the same parts, which are materialized one by one, each with a key. @default none */
  readonly partitions?: TPartitions
  /** Which earlier partitions of all of its assets a partition needs, such as `timeWindowMapping({ startOffset: -1, endOffset: -1 })`. @default none */
  readonly selfDependency?: PartitionMapping
  /** Assets whose values `materialize` gets. Each of the assets made is downstream of all of them. */
  readonly inputs?: TInputs
  /** Assets that must come first, but are not loaded. */
  readonly deps?: readonly AssetDep[]
  /**
   * Makes the data. Returns an object with a value, or `output(value, { metadata })`, for each output. One that is absent
   * was not made; so was an optional one that is undefined.
   */
  readonly materialize: (
    inputs: LoadedInputs<TInputs>,
    context: MultiAssetContext<ConfigOf<TConfig>, ResourceClients<TResources>, keyof TOutputs & string>,
  ) => TReturn & OnlyDeclared<TReturn, TOutputs>
}

/** Several assets that one step makes together. */
export interface MultiAsset<
  TMembers extends Readonly<Record<string, AnyAsset>> = Readonly<Record<string, AnyAsset>>,
  TDirectCall = (inputs: never, context?: never) => unknown,
> extends Branded<'multi-asset'> {
  readonly name: string
  /** Its assets by the names of the outputs. Each may be an input or a dep of others. */
  readonly assets: TMembers
  /** Calls the function as it was written, for tests; with a context from `assetry/testing` where it uses one. */
  readonly materialize: TDirectCall
}

/**
 * Declares several assets that one function makes together, in one step.
 *
 * @example
 * ```ts
 * const crm = multiAsset({
 *   name: 'crm_export',
 *   outputs: { users: { key: 'raw/users' }, orders: { key: 'raw/orders' } },
 *   materialize: async () => {
 *     const dump = await readDump()
 *     return { users: dump.users, orders: output(dump.orders, { metadata: { rows: dump.orders.length } }) }
 *   },
 * })
 * const report = asset({ key: 'report', inputs: { users: crm.assets.users }, materialize: ({ users }) => users.length })
 * ```
 * @throws `INVALID_NAME`, `INVALID_ASSET_KEY`, `INVALID_OPTION`, `METADATA_INVALID`
 */
export function multiAsset<
  const TOutputs extends MultiAssetOutputs,
  TReturn extends MultiAssetValues<TOutputs, TSubsettable> | Promise<MultiAssetValues<TOutputs, TSubsettable>>,
  const TSubsettable extends boolean = false,
  const TInputs extends AssetInputs = {},
  TConfig extends ConfigSchema = ConfigSchema<undefined>,
  const TResources extends AssetResources = {},
  TPartitions extends PartitionsDefinition | undefined = undefined,
>(
  options: MultiAssetOptions<TOutputs, TSubsettable, TInputs, TConfig, TResources, TReturn, TPartitions>,
): MultiAsset<
  MultiAssetMembers<TOutputs, TSubsettable, TReturn, TPartitions>,
  MultiAssetCall<TOutputs, TInputs, TConfig, TResources, TReturn>
> {
  const name = definitionName('multi-asset', options.name)
  const owner = `multi-asset "${name}"`
  requireFunction(owner, 'materialize', options.materialize)
  const step: MultiAssetStep = {
    name,
    subsettable: options.subsettable ?? false,
    outputs: stepOutputs(owner, options.outputs),
    materialize: options.materialize,
  }
  const shared = {
    ...upstreamOf(owner, options),
    ...computationOf(owner, options),
    partitions: partitionsOption(owner, options.partitions),
    selfMapping: selfMappingOption(owner, options.selfDependency, options.partitions),
  }
  const group = options.group === undefined ? {} : { group: options.group }
  const members = Object.entries(options.outputs).map(([output, given]) => [output, member(step, output, { ...group, ...given }, shared)])
  return {
    [kindOf]: 'multi-asset',
    name,
    assets: Object.fromEntries(members) as MultiAssetMembers<TOutputs, TSubsettable, TReturn, TPartitions>,
    materialize: (given, context) =>
      options.materialize(given, context ?? missingContext(`The ${owner}`, 'materialize', 'buildMultiAssetContext')),
  }
}

export function isMultiAsset(value: unknown): value is MultiAsset {
  return hasKind(value, 'multi-asset')
}

/** The assets in a list in which multi-assets stand for those they make. */
export function eachAsset(given: readonly (AnyAsset | MultiAsset)[]): readonly AnyAsset[] {
  return given.flatMap((each) => (isMultiAsset(each) ? Object.values(each.assets) : [each]))
}

function stepOutputs(owner: string, given: unknown): MultiAssetStep['outputs'] {
  if (typeof given !== 'object' || given === null) throw refused(owner, `outputs is ${String(given)}, not an object of outputs by name.`)
  const outputs: Record<string, MultiAssetStep['outputs'][string]> = {}
  const names = new Map<AssetKey, string>()
  for (const [name, { key, optional }] of Object.entries(given as MultiAssetOutputs)) {
    const other = names.get(key)
    if (other !== undefined)
      throw refused(owner, `its outputs "${other}" and "${name}" both have the key "${key}". Give each a key of its own.`)
    names.set(key, name)
    outputs[definitionName('output', name)] = { key: assetKey(key), optional: optional ?? false }
  }
  if (names.size === 0) throw refused(owner, 'outputs is empty, so there is nothing that it makes.')
  return outputs
}

function member(
  step: MultiAssetStep,
  output: string,
  given: MultiAssetOutput,
  shared: Upstream & Computation & Pick<AnyAsset, 'partitions' | 'selfMapping'>,
): AnyAsset {
  const key = assetKey(given.key)
  const owner = `asset "${key}"`
  return {
    [kindOf]: 'asset',
    key,
    ...describedAsset(owner, given),
    codeVersion: given.codeVersion,
    ...shared,
    ioManager: ioManagerOption(owner, given.ioManager),
    origin: { kind: 'multi-asset', step, output },
    checks: checkSpecs(owner, given.checks ?? {}),
    materialize: notMaterializable(key, `is made by the multi-asset "${step.name}"`),
  }
}

function refused(owner: string, text: string): AssetryError {
  return new AssetryError('INVALID_OPTION', `${owner}: ${text}`, { facts: { owner } })
}
