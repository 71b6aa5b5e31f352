import type { AnyAsset, AssetDep, AssetInputs, LoadedInput, LoadedInputs } from './asset.ts'
import { type AssetKey, type LastKeyPart, lastKeyPart } from './asset-key.ts'
import { type Branded, hasKind, kindOf } from './brand.ts'
import type { CheckContext } from './check-context.ts'
import type { CheckOptions, CheckOutcome } from './check-spec.ts'
import type { AssetResources, Computation, ResourceClients } from './computation.ts'
import { type ComputationOptions, computationOf, requireFunction } from './computation-options.ts'
import type { ConfigOf, ConfigSchema } from './config.ts'
import { AssetryError } from './errors.ts'
import type { Input } from './input.ts'
import { type Metadata, type MetadataInput, metadataOf } from './metadata-value.ts'
import { missingContext } from './missing-context.ts'
import { definitionName } from './name.ts'
import type { PartitionMapping } from './partition-mappings/partition-mapping.ts'
import { inputOf, upstreamOf } from './upstream.ts'

/** What may be checked: an asset, or an asset with how it is read. */
export type Checkable = AnyAsset | Input

/** Key of what is checked. */
type KeyOf<TAsset extends Checkable> = TAsset extends Input<infer TInner> ? TInner['key'] : TAsset extends AnyAsset ? TAsset['key'] : never

/** The checked value by the last part of its asset's key: `raw/orders` is `orders`. */
export type LoadedAsset<TAsset extends Checkable> = TAsset extends Checkable
  ? { readonly [K in LastKeyPart<KeyOf<TAsset>>]: LoadedInput<TAsset> }
  : never

/** What a check's function receives: the checked value and the declared inputs, already loaded. */
export type CheckInputs<TAsset extends Checkable, TInputs extends AssetInputs, TLoads extends boolean> = ([TLoads] extends [false]
  ? {}
  : LoadedAsset<TAsset>) &
  LoadedInputs<TInputs>

/** A check's function, for a direct call in a test. */
export type CheckCall<
  TAsset extends Checkable,
  TInputs extends AssetInputs,
  TLoads extends boolean,
  TConfig extends ConfigSchema,
  TResources extends AssetResources,
  TReturn,
> = (inputs: CheckInputs<TAsset, TInputs, TLoads>, context?: CheckContext<ConfigOf<TConfig>, ResourceClients<TResources>>) => TReturn

/** What {@link assetCheck} takes. */
export interface AssetCheckOptions<
  TAsset extends Checkable,
  TInputs extends AssetInputs,
  TLoads extends boolean,
  TConfig extends ConfigSchema,
  TResources extends AssetResources,
  TReturn,
>
  extends CheckOptions, ComputationOptions<TConfig, TResources> {
  /** Unique among the checks of its asset. */
  readonly name: string
  /** What is checked: any asset, also one that is made elsewhere. By `input(asset, { … })` with control over how it is loaded. */
  readonly asset: TAsset
  /**
   * Whether the asset's value is loaded; `false` for a table that the check looks at by itself. @default true
   */
  readonly loadsAsset?: TLoads
  /** Other assets whose values the check gets. */
  readonly inputs?: TInputs
  /** Other assets that must come first, but are not loaded. */
  readonly deps?: readonly AssetDep[]
  readonly metadata?: Readonly<Record<string, MetadataInput>>
  /**
   * Looks at the data, and says whether it passed, or more. The checked value has the name of the last part of its
   * asset's key: that of `raw/orders` is `orders`.
   */
  readonly check: (
    inputs: CheckInputs<TAsset, TInputs, TLoads>,
    context: CheckContext<ConfigOf<TConfig>, ResourceClients<TResources>>,
  ) => TReturn
}

/** A check of an asset that is a step of its own. */
export interface AssetCheck<TCheckCall = (inputs: never, context?: never) => unknown> extends Branded<'asset-check'>, Computation {
  /** Unique among the checks of its asset. */
  readonly name: string
  readonly asset: AnyAsset
  readonly assetKey: AssetKey
  readonly description: string | undefined
  /** Whether what is downstream of the asset does not start in the same run where it fails with severity `ERROR`. */
  readonly blocking: boolean
  readonly metadata: Metadata
  /** What is loaded for it; the asset itself among them unless it is not loaded. */
  readonly inputs: Readonly<Record<string, Input>>
  /** Keys of the assets it needs beside the one it checks, loaded or not, each once. */
  readonly upstreamKeys: readonly AssetKey[]
  /** The partition mappings that were declared, by upstream key; of the asset itself, too. */
  readonly partitionMappings: Readonly<Record<AssetKey, PartitionMapping>>
  /**
   * Calls the function as it was written, for tests: nothing is loaded, checked or recorded. A function that uses its
   * context needs one: `buildCheckContext()` of `assetry/testing`.
   */
  readonly check: TCheckCall
}

/**
 * Declares a check of an asset. It runs after the asset, as a step of its own.
 *
 * @example
 * ```ts
 * const noNegatives = assetCheck({
 *   name: 'no_negatives',
 *   asset: orders,
 *   blocking: true,
 *   check: ({ orders }) => {
 *     const negative = orders.filter((order) => order.amount < 0)
 *     return { passed: negative.length === 0, metadata: { negative: negative.length } }
 *   },
 * })
 * ```
 * @throws `INVALID_NAME`, `INVALID_OPTION`, `INVALID_ASSET_KEY`, `METADATA_INVALID`
 */
export function assetCheck<
  const TAsset extends Checkable,
  TReturn extends CheckOutcome | Promise<CheckOutcome>,
  const TInputs extends AssetInputs = {},
  const TLoads extends boolean = true,
  TConfig extends ConfigSchema = ConfigSchema<undefined>,
  const TResources extends AssetResources = {},
>(
  options: AssetCheckOptions<TAsset, TInputs, TLoads, TConfig, TResources, TReturn>,
): AssetCheck<CheckCall<TAsset, TInputs, TLoads, TConfig, TResources, TReturn>> {
  const name = definitionName('check', options.name)
  const checked = checkedInput(name, options.asset)
  const owner = `check "${name}" of "${checked.asset.key}"`
  requireFunction(owner, 'check', options.check)
  const upstream = upstreamOf(owner, options)
  const ofAsset = checked.options.partitionMapping
  return {
    [kindOf]: 'asset-check',
    name,
    asset: checked.asset,
    assetKey: checked.asset.key,
    description: options.description,
    blocking: options.blocking ?? false,
    metadata: metadataOf(owner, options.metadata ?? {}),
    inputs: { ...(options.loadsAsset !== false && assetInput(owner, checked, upstream.inputs)), ...upstream.inputs },
    upstreamKeys: upstream.upstreamKeys.filter((key) => key !== checked.asset.key),
    partitionMappings: { ...(ofAsset && { [checked.asset.key]: ofAsset }), ...upstream.partitionMappings },
    ...computationOf(owner, options),
    check: (given, context) => options.check(given, context ?? missingContext(`The ${owner}`, 'check', 'buildCheckContext')),
  }
}

export function isAssetCheck(value: unknown): value is AssetCheck {
  return hasKind(value, 'asset-check')
}

function checkedInput(name: string, given: unknown): Input {
  const found = inputOf(given)
  if (found !== undefined) return found
  const hint = hasKind(given, 'multi-asset') ? 'Check one of its assets, such as multi.assets.users.' : undefinedHint
  throw new AssetryError('INVALID_OPTION', `check "${name}": what it checks is not an asset. ${hint}`, { facts: { name } })
}

const undefinedHint = 'A module that imports itself in a circle gives undefined here.'

function assetInput(owner: string, checked: Input, inputs: Readonly<Record<string, Input>>): Readonly<Record<string, Input>> {
  const parameter = lastKeyPart(checked.asset.key)
  if (!Object.hasOwn(inputs, parameter)) return { [parameter]: checked }
  throw new AssetryError(
    'INVALID_OPTION',
    `${owner}: its input "${parameter}" has the name under which the checked asset itself is loaded. Give the input another name, or set loadsAsset: false.`,
    { facts: { owner, parameter } },
  )
}
