import { type Branded, hasKind, kindOf } from './brand.ts'
import type { CheckOutcome } from './check-spec.ts'
import type { MetadataInput } from './metadata-value.ts'
import type { Kept } from './stream.ts'

/** What may be said about a value besides the value. */
export interface OutputFacts {
  /** Shown with the materialization. */
  readonly metadata?: Readonly<Record<string, MetadataInput>>
  /** What identifies the data: the same version again means the same data. */
  readonly dataVersion?: string
  readonly tags?: Readonly<Record<string, string>>
  /** How the asset's own `checks` came out, by name. `context.reportCheck()` does the same. */
  readonly checks?: Readonly<Record<string, CheckOutcome>>
}

/** A value with its facts, made by {@link output}. */
export interface Output<TValue> extends Branded<'output'>, OutputFacts {
  readonly value: TValue
}

/**
 * Returns a value from `materialize` together with metadata.
 *
 * @example
 * ```ts
 * materialize: () => output(rows, { metadata: { rows: rows.length } })
 * ```
 */
export function output<TValue>(value: TValue, facts: OutputFacts = {}): Output<TValue> {
  return { [kindOf]: 'output', value, ...facts }
}

export function isOutput(value: unknown): value is Output<unknown> {
  return hasKind(value, 'output')
}

/** The value in what a `materialize` function returns, as its readers get it: its promise and its {@link Output} taken off, a stream {@link Kept}. */
export type ValueOf<TReturn> =
  Awaited<TReturn> extends infer TResolved ? Kept<TResolved extends Output<infer TValue> ? TValue : TResolved> : never
