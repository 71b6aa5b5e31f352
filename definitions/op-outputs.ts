import type { OutputValue } from './dynamic-output.ts'
import type { ValueOf } from './output.ts'
import type { Wire } from './wire.ts'

/** The outputs of an op that has several, by name. */
export type NamedOutputs = Readonly<Record<string, { readonly optional?: boolean }>>

type OptionalNames<TOutputs> = { [K in keyof TOutputs]: TOutputs[K] extends { readonly optional: true } ? K : never }[keyof TOutputs]

type NamedValues<TOutputs> = { readonly [K in Exclude<keyof TOutputs, OptionalNames<TOutputs>>]: unknown } & {
  readonly [K in OptionalNames<TOutputs>]?: unknown
}

/** What `run` has to return: anything, or a value for each output by name. */
export type ReturnFor<TOutputs> = TOutputs extends NamedOutputs ? NamedValues<TOutputs> | Promise<NamedValues<TOutputs>> : unknown

/** Refuses a returned object that has more than the declared outputs, and says so. */
export type OnlyDeclared<TReturn, TOutputs> = TOutputs extends NamedOutputs
  ? [Exclude<keyof Awaited<TReturn>, keyof TOutputs>] extends [never]
    ? unknown
    : { readonly 'run returns what is not among its outputs': Exclude<keyof Awaited<TReturn>, keyof TOutputs> }
  : unknown

type PropertyOf<TRecord, TName> = TRecord extends unknown ? (TName extends keyof TRecord ? TRecord[TName] : never) : never

type Present<TValue, TOptional> = TOptional extends true ? Exclude<TValue, undefined | void> : TValue

/** What an invocation gives: a wire, or one for each output by name. */
export type OutputWires<TReturn, TOutputs, TOptional> = TOutputs extends NamedOutputs
  ? {
      readonly [K in keyof TOutputs]: Wire<
        OutputValue<Present<ValueOf<PropertyOf<Awaited<TReturn>, K>>, TOutputs[K] extends { readonly optional: true } ? true : false>>
      >
    }
  : Wire<OutputValue<Present<ValueOf<TReturn>, TOptional>>>
