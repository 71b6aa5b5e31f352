import { type Branded, hasKind } from './brand.ts'

/**
 * Where a value will come from when a graph runs: what an op gives when it is invoked in a graph's body. The value
 * itself exists only in a run.
 */
export interface Wire<TValue = unknown> extends Branded<'wire'> {
  /** Only for types. */
  readonly valueType?: TValue
  /**
   * For a wire of a list: composes once what is to be done for each element, however many there are in a run. `each` runs
   * now, with a wire that stands for any one element, and returns a wire, several by name, or nothing.
   *
   * @example
   * ```ts
   * job({ name: 'thumbnails', graph: () => report({ sizes: listFiles().map((file) => resize({ file })).collect() }) })
   * ```
   * @throws `GRAPH_INVALID`, `WIRE_OUT_OF_SCOPE`
   */
  map<TElement, TResult extends MapResult>(this: Wire<readonly TElement[]>, each: (element: Wire<TElement>) => TResult): MappedWire<TResult>
}

/** What a function given to `map` may return. */
export type MapResult = Wire | Readonly<Record<string, Wire>> | void

/** What `map` gives: for each element what its function returned, known only in a run. */
export interface MappedWire<TResult = unknown> extends Branded<'mapped-wire'> {
  /** Only for types. */
  readonly resultType?: TResult
  /**
   * Goes on element by element, without waiting for the other elements.
   *
   * @throws `GRAPH_INVALID`, `WIRE_OUT_OF_SCOPE`
   */
  map<TNext extends MapResult>(each: (result: TResult) => TNext): MappedWire<TNext>
  /** All results as one list in the order of the mapped one; where several are returned by name, a list of each. */
  collect(): Collected<TResult>
}

/** What `collect` gives for what the function given to `map` returned. */
export type Collected<TResult> =
  TResult extends Wire<infer TValue>
    ? Wire<TValue[]>
    : { readonly [K in keyof TResult]: TResult[K] extends Wire<infer TValue> ? Wire<TValue[]> : never }

/** Something to come after: a wire, or everything that was mapped. */
export type Predecessor = Wire | MappedWire

/** The second argument of an invocation. */
export interface InvocationOptions {
  /** What must have ended well before, without giving data. */
  readonly after?: Predecessor | readonly Predecessor[]
}

export function isWire(value: unknown): value is Wire {
  return hasKind(value, 'wire')
}

export function isMappedWire(value: unknown): value is MappedWire {
  return hasKind(value, 'mapped-wire')
}
