import { type Branded, hasKind, kindOf } from './brand.ts'
import { callable } from './callable.ts'
import { invokeOp } from './invoke.ts'
import type { AssetResources, Computation } from './computation.ts'
import { computationOf, requireFunction } from './computation-options.ts'
import type { ConfigSchema } from './config.ts'
import { AssetryError } from './errors.ts'
import type { InvocationArguments } from './invocation.ts'
import { type IOManager, ioManagerOption } from './io-manager.ts'
import { missingContext } from './missing-context.ts'
import { nodeName } from './name.ts'
import type { DirectRun, OpOptions } from './op-options.ts'
import type { NamedOutputs, OutputWires, ReturnFor } from './op-outputs.ts'
import { type Tags, tagsOf } from './tags.ts'
import type { InvocationOptions } from './wire.ts'

/** The output of an op that names none. */
export const onlyOutput = 'result'

/** An output of an op. */
export interface OpOutput {
  readonly name: string
  /** Whether the op may leave it out; what needs it is then skipped. */
  readonly optional: boolean
}

/** An op whatever its types: what a step of a graph runs. */
export interface AnyOp extends Branded<'op'>, Computation {
  readonly name: string
  readonly description: string | undefined
  readonly tags: Tags
  readonly codeVersion: string | undefined
  /** Stores its outputs. @default files, apart from assets */
  readonly ioManager: IOManager | undefined
  readonly outputs: readonly OpOutput[]
  /** Whether `run` returns an object with the outputs by name, instead of the one output. */
  readonly hasNamedOutputs: boolean
  /** Text of the function: another one means that its code has changed. */
  readonly source: string
  readonly run: (inputs: never, context: never) => unknown
}

/** A unit of work. Called in the body of a graph, it is wired in there. */
export interface Op<
  TInputs extends object = {},
  TWires = unknown,
  TRun extends (inputs: never, context: never) => unknown = (inputs: never, context: never) => unknown,
> extends AnyOp {
  /** @throws `OP_OUTSIDE_GRAPH`, `WIRE_OUT_OF_SCOPE`, `GRAPH_INVALID` */
  (...args: InvocationArguments<TInputs>): TWires
  /**
   * Calls the function as it was written, for tests: nothing is loaded, checked or stored, and what it returns is
   * returned as it is. A function that uses its context needs one: `buildOpContext()` of `assetry/testing`.
   */
  readonly run: TRun
}

/**
 * Declares an op: a unit of work that jobs and graph assets are composed of. Its wires take their types from `run`.
 *
 * @example
 * ```ts
 * const filterData = op({ name: 'filter_data', run: ({ data }: { data: Row[] }) => data.filter((row) => row.value > 10) })
 * const split = op({
 *   name: 'split',
 *   outputs: { evens: {}, odds: { optional: true } },
 *   run: ({ data }: { data: Row[] }) => {
 *     const odds = data.filter((row) => row.value % 2 === 1)
 *     return { evens: data.filter((row) => row.value % 2 === 0), ...(odds.length > 0 && { odds }) }
 *   },
 * })
 * ```
 * @throws `INVALID_NAME`, `INVALID_OPTION`
 */
export function op<
  TReturn extends ReturnFor<TOutputs>,
  TInputs extends object = {},
  TConfig extends ConfigSchema = ConfigSchema<undefined>,
  const TResources extends AssetResources = {},
  const TOutputs extends NamedOutputs | undefined = undefined,
  const TOptional extends boolean = false,
>(
  options: OpOptions<TInputs, TConfig, TResources, TOutputs, TOptional, TReturn>,
): Op<TInputs, OutputWires<TReturn, TOutputs, TOptional>, DirectRun<TInputs, TConfig, TResources, TReturn>> {
  const name = nodeName('op', options.name)
  const owner = `op "${name}"`
  requireFunction(owner, 'run', options.run)
  const fields: AnyOp = {
    [kindOf]: 'op',
    name,
    description: options.description,
    tags: tagsOf(owner, options.tags ?? {}),
    codeVersion: options.codeVersion,
    ioManager: ioManagerOption(owner, options.ioManager),
    outputs: outputsOf(owner, options.outputs, options.optional),
    hasNamedOutputs: options.outputs !== undefined,
    ...computationOf(owner, options),
    source: String(options.run),
    run: (inputs, context) => options.run(inputs ?? {}, context ?? missingContext(`Op "${name}"`, 'run', 'buildOpContext')),
  }
  const self = callable(fields, (inputs?: object, invocation?: InvocationOptions) => invokeOp(self, inputs, invocation))
  return self as never
}

export function isOp(value: unknown): value is AnyOp {
  return hasKind(value, 'op')
}

const outputName = /^[A-Za-z_][A-Za-z0-9_]{0,99}$/

function outputsOf(owner: string, outputs: NamedOutputs | undefined, optional: boolean | undefined): readonly OpOutput[] {
  if (outputs === undefined) return [{ name: onlyOutput, optional: optional ?? false }]
  if (optional !== undefined)
    throw refused(owner, 'optional is given beside outputs. Say it for each output: outputs: { name: { optional: true } }.')
  const names = Object.keys(outputs)
  if (names.length === 0) throw refused(owner, 'outputs is empty. Leave it out for an op with one output.')
  for (const name of names) {
    if (!outputName.test(name)) throw refused(owner, `output ${JSON.stringify(name)} is not a name of up to 100 letters, digits and "_".`)
  }
  return Object.entries(outputs).map(([name, each]) => ({ name, optional: each.optional ?? false }))
}

function refused(owner: string, text: string): AssetryError {
  return new AssetryError('INVALID_OPTION', `${owner}: ${text}`, { facts: { owner } })
}
