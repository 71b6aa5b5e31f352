import type { AssetResources, ResourceClients } from './computation.ts'
import type { ComputationOptions } from './computation-options.ts'
import type { ConfigOf, ConfigSchema } from './config.ts'
import type { IOManager } from './io-manager.ts'
import type { OpContext } from './op-context.ts'
import type { NamedOutputs, OnlyDeclared } from './op-outputs.ts'
import type { Tags } from './tags.ts'

/** What `op()` takes. */
export interface OpOptions<
  TInputs extends object,
  TConfig extends ConfigSchema,
  TResources extends AssetResources,
  TOutputs extends NamedOutputs | undefined,
  TOptional extends boolean,
  TReturn,
> extends ComputationOptions<TConfig, TResources> {
  /** Its name in run config, and in step keys, where "." stands between graph and op: so it has none. */
  readonly name: string
  readonly description?: string
  readonly tags?: Tags
  /** Several outputs by name. `run` then returns an object with a value for each. @default one output */
  readonly outputs?: TOutputs
  /** Whether the one output may be left out by returning undefined; what needs it is then skipped. @default false */
  readonly optional?: TOutputs extends NamedOutputs ? never : TOptional
  /** Change it when the function's meaning changes. */
  readonly codeVersion?: string
  /** Stores its outputs. @default the one of `definitions()`, else files under `.assetry/storage` */
  readonly ioManager?: IOManager
  /**
   * Does the work. Its inputs are what the type of its first parameter says; an optional one need not be wired. Returns
   * the value, or `output(value, { metadata })`.
   */
  readonly run: (
    inputs: TInputs,
    context: OpContext<ConfigOf<TConfig>, ResourceClients<TResources>>,
  ) => TReturn & OnlyDeclared<TReturn, TOutputs>
}

/** The `run` function of an op, for a direct call in a test. */
export type DirectRun<TInputs extends object, TConfig extends ConfigSchema, TResources extends AssetResources, TReturn> = (
  ...args: {} extends TInputs
    ? [inputs?: TInputs, context?: OpContext<ConfigOf<TConfig>, ResourceClients<TResources>>]
    : [inputs: TInputs, context?: OpContext<ConfigOf<TConfig>, ResourceClients<TResources>>]
) => TReturn
