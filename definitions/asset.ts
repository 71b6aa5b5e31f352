import type { AssetContext } from './asset-context.ts'
import { type AssetKey, assetKey } from './asset-key.ts'
import type { AssetOrigin } from './asset-origin.ts'
import { type Branded, hasKind, kindOf } from './brand.ts'
import type { CheckSpec } from './check-spec.ts'
import type { AssetResources, Computation, ResourceClients } from './computation.ts'
import type { ConfigOf, ConfigSchema } from './config.ts'
import { type Duration, milliseconds } from './duration.ts'
import { AssetryError } from './errors.ts'
import { type Input, isInput } from './input.ts'
import { type IOManager, isIOManager } from './io-manager.ts'
import { type Metadata, type MetadataInput, metadataOf } from './metadata-value.ts'
import type { ValueOf } from './output.ts'
import { isResource } from './resource.ts'
import { type RetryOptions, retryPolicy } from './retry-policy.ts'
import { tagsOf } from './tags.ts'

/** Upstream assets by the name they have in `materialize`. */
export type AssetInputs = Readonly<Record<string, AnyAsset | Input>>

/** The value an asset produces: `OutputOf<typeof orders>`. */
export type OutputOf<TAsset> =
  TAsset extends Input<infer TInner> ? OutputOf<TInner> : TAsset extends Asset<infer TOutput, infer _TDirectCall> ? TOutput : never

/** What `materialize` receives: one property per declared input, already loaded. */
export type LoadedInputs<TInputs extends AssetInputs> = { readonly [K in keyof TInputs]: OutputOf<TInputs[K]> }

/** The `materialize` function of an asset, for a direct call in a test. */
export type DirectCall<TInputs extends AssetInputs, TConfig extends ConfigSchema, TResources extends AssetResources, TReturn> = (
  inputs: LoadedInputs<TInputs>,
  context?: AssetContext<ConfigOf<TConfig>, ResourceClients<TResources>>,
) => TReturn

/** An upstream asset named by its definition or its key. */
export type AssetDep = AnyAsset | AssetKey

/** What {@link asset} takes. */
export interface AssetOptions<TInputs extends AssetInputs, TConfig extends ConfigSchema, TResources extends AssetResources, TReturn> {
  /** Its name: `orders`, or with parts `raw/orders`. */
  readonly key: AssetKey
  /** Where it is shown. Groups nest by `/`. @default 'default' */
  readonly group?: string
  readonly description?: string
  /** E-mail addresses, or `team:name`. */
  readonly owners?: readonly string[]
  readonly tags?: Readonly<Record<string, string>>
  /** What it is made with or of: `duckdb`, `csv`. At most ten. */
  readonly kinds?: readonly string[]
  readonly metadata?: Readonly<Record<string, MetadataInput>>
  /** Change it when the function's meaning changes. */
  readonly codeVersion?: string
  /** Upstream assets whose values `materialize` gets. */
  readonly inputs?: TInputs
  /** Upstream assets that must come first, but are not loaded. */
  readonly deps?: readonly AssetDep[]
  /** Checks and types `context.config`, which is undefined without it. */
  readonly config?: TConfig
  readonly resources?: TResources
  /** Stores this asset's value. @default the one of `definitions()`, else files under `.assetry/storage` */
  readonly ioManager?: IOManager
  /** Retries when `materialize` throws. A lost worker doesn't count. @default none */
  readonly retries?: RetryOptions
  /**
   * Longest time of one attempt. Then `context.signal` fires, and a function that goes on for another 5 seconds is left
   * behind: what it returns is neither stored nor recorded. @default 24 hours
   */
  readonly timeout?: Duration
  /**
   * Time without a sign of life after which a worker counts as lost. Signs are sent for you while the event loop turns;
   * raise it for code that blocks the loop for longer. @default 30 seconds
   */
  readonly heartbeatTimeout?: Duration
  /** Makes the data. Returns the value, or `output(value, { metadata })`. */
  readonly materialize: (inputs: LoadedInputs<TInputs>, context: AssetContext<ConfigOf<TConfig>, ResourceClients<TResources>>) => TReturn
}

/** Data that should exist, and how to make it. */
export interface Asset<TOutput = unknown, TDirectCall = (inputs: never, context?: never) => unknown> extends Branded<'asset'>, Computation {
  readonly key: AssetKey
  readonly group: string
  readonly description: string | undefined
  readonly owners: readonly string[]
  readonly tags: Readonly<Record<string, string>>
  readonly kinds: readonly string[]
  readonly metadata: Metadata
  readonly codeVersion: string | undefined
  readonly inputs: Readonly<Record<string, Input>>
  /** Keys of all upstream assets, loaded or not, each once. */
  readonly upstreamKeys: readonly AssetKey[]
  readonly ioManager: IOManager | undefined
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
 * @throws `INVALID_ASSET_KEY`, `INVALID_OPTION`, `METADATA_INVALID`
 */
export function asset<
  TReturn,
  const TInputs extends AssetInputs = {},
  TConfig extends ConfigSchema = ConfigSchema<undefined>,
  const TResources extends AssetResources = {},
>(
  options: AssetOptions<TInputs, TConfig, TResources, TReturn>,
): Asset<ValueOf<TReturn>, DirectCall<TInputs, TConfig, TResources, TReturn>> {
  const key = assetKey(options.key)
  const owner = `asset "${key}"`
  if (typeof options.materialize !== 'function') throw refused(owner, `materialize is ${typeof options.materialize}, not a function.`)
  const inputs = inputsOf(owner, options.inputs ?? {})
  return {
    [kindOf]: 'asset',
    key,
    group: groupOf(owner, options.group),
    description: options.description,
    owners: (options.owners ?? []).map((name) => ownerOf(owner, name)),
    tags: tagsOf(owner, options.tags ?? {}),
    kinds: kindsOf(owner, options.kinds ?? []),
    metadata: metadataOf(owner, options.metadata ?? {}),
    codeVersion: options.codeVersion,
    inputs,
    upstreamKeys: upstreamOf(owner, inputs, options.deps ?? []),
    config: options.config,
    resources: resourcesOf(owner, options.resources ?? {}),
    ioManager: ioManagerOf(owner, options.ioManager),
    origin: { kind: 'function' },
    checks: [],
    retries: options.retries && retryPolicy(options.retries, owner),
    timeoutMs: options.timeout === undefined ? undefined : milliseconds(options.timeout, `${owner}: timeout`),
    heartbeatTimeoutMs:
      options.heartbeatTimeout === undefined ? undefined : milliseconds(options.heartbeatTimeout, `${owner}: heartbeatTimeout`, 1_000),
    materialize: (given, context) => options.materialize(given, context ?? (contextMissing(key) as never)),
  }
}

export function isAsset(value: unknown): value is AnyAsset {
  return hasKind(value, 'asset')
}

function refused(owner: string, text: string): AssetryError {
  return new AssetryError('INVALID_OPTION', `${owner}: ${text}`, { facts: { owner } })
}

function groupOf(owner: string, group = 'default'): string {
  if (/^[A-Za-z0-9_-]+(\/[A-Za-z0-9_-]+)*$/.test(group)) return group
  throw refused(owner, `group is ${JSON.stringify(group)}. Use words of letters, digits, "_" and "-", nested by "/".`)
}

function ownerOf(owner: string, name: string): string {
  if (/^team:\S+$/.test(name) || /^[^\s@]+@[^\s@]+$/.test(name)) return name
  throw refused(owner, `owner ${JSON.stringify(name)} is neither an e-mail address nor "team:name".`)
}

function kindsOf(owner: string, kinds: readonly string[]): readonly string[] {
  if (kinds.length > 10) throw refused(owner, `has ${kinds.length} kinds; ten are the most that can be shown.`)
  return [...kinds]
}

function inputsOf(owner: string, inputs: AssetInputs): Readonly<Record<string, Input>> {
  const named: Record<string, Input> = {}
  for (const [name, given] of Object.entries(inputs)) {
    if (isInput(given)) named[name] = given
    else if (isAsset(given)) named[name] = { [kindOf]: 'input', asset: given, options: {} }
    else throw refused(owner, `input "${name}" is not an asset. A module that imports itself in a circle gives undefined here.`)
  }
  return named
}

function upstreamOf(owner: string, inputs: Readonly<Record<string, Input>>, deps: readonly AssetDep[]): readonly AssetKey[] {
  const keys = new Set(Object.values(inputs).map((each) => each.asset.key))
  for (const dep of deps) {
    if (typeof dep === 'string') keys.add(assetKey(dep))
    else if (isAsset(dep)) keys.add(dep.key)
    else
      throw refused(owner, 'one of its deps is neither an asset nor a key. A module that imports itself in a circle gives undefined here.')
  }
  return [...keys]
}

function resourcesOf(owner: string, resources: AssetResources): AssetResources {
  for (const [name, given] of Object.entries(resources)) {
    if (!isResource(given)) throw refused(owner, `resource "${name}" was not made by resource().`)
  }
  return { ...resources }
}

function ioManagerOf(owner: string, manager: IOManager | undefined): IOManager | undefined {
  if (manager === undefined || isIOManager(manager)) return manager
  throw refused(owner, 'ioManager was not made by ioManager() or by one of the managers of assetry/io.')
}

/** Stands in for the context of a direct call without one: whatever is read from it says what is missing. */
function contextMissing(key: AssetKey): object {
  return new Proxy(
    {},
    {
      get(_target, property) {
        throw new AssetryError(
          'CONTEXT_REQUIRED',
          `Asset "${key}" reads "${String(property)}" from its context, but materialize() was called without one. ` +
            `Pass buildAssetContext({ … }) of assetry/testing as the second argument.`,
          { facts: { key, property: String(property) } },
        )
      },
    },
  )
}
