import type { InvocationOptions, Wire } from './wire.ts'

/** A wire that fits an input of this type; for a list also several wires, one for each element (fan-in). */
export type InputWire<TValue> = Wire<TValue> | (TValue extends readonly (infer TElement)[] ? readonly Wire<TElement>[] : never)

/** The first argument of an invocation: a wire for each input. */
export type InputWires<TInputs> = { readonly [K in keyof TInputs]: InputWire<TInputs[K]> }

/** The arguments of an invocation. Without inputs, and where all are optional, the first may be left out. */
export type InvocationArguments<TInputs> = [keyof TInputs] extends [never]
  ? [inputs?: Readonly<Record<string, never>>, options?: InvocationOptions]
  : {} extends TInputs
    ? [inputs?: InputWires<TInputs>, options?: InvocationOptions]
    : [inputs: InputWires<TInputs>, options?: InvocationOptions]
