import { type Branded, hasKind, kindOf } from './brand.ts'
import { callable } from './callable.ts'
import { requireFunction } from './computation-options.ts'
import { freePath, overOf, type Place, placeOf, runBody } from './composition.ts'
import { nodeName } from './name.ts'
import { pathsBefore } from './node-input.ts'
import { gate } from './pass-on.ts'
import type { InvocationOptions, MappedWire, Wire } from './wire.ts'

/** What the body of a graph may return. A promise is none: a body has nothing to wait for. */
export type GraphResult = Wire | MappedWire | readonly (Wire | MappedWire)[] | Readonly<Record<string, Wire | MappedWire>> | void

/** What {@link graph} takes. */
export interface GraphOptions<TInputs extends object, TResult extends GraphResult> {
  /** What stands before the names of its ops in their paths. It has no ".". */
  readonly name: string
  /** Says what is wired to what. It runs each time the graph is invoked, with the wires given there. */
  readonly graph: (inputs: TInputs) => TResult
}

/** Ops that belong together, invoked in the body of another graph as one op would be. */
export interface Graph<TInputs extends object = {}, TResult = unknown> extends Branded<'graph'> {
  readonly name: string
  /** @throws `OP_OUTSIDE_GRAPH`, `WIRE_OUT_OF_SCOPE`, `GRAPH_INVALID` */
  (...args: {} extends TInputs ? [inputs?: TInputs, options?: InvocationOptions] : [inputs: TInputs, options?: InvocationOptions]): TResult
}

/**
 * Declares a graph for use in others. Its ops are steps of the run like any other, under paths such as `clean.trim`.
 *
 * @example
 * ```ts
 * const clean = graph({ name: 'clean', graph: ({ rows }: { rows: Wire<Row[]> }) => dropEmpty({ rows: trim({ rows }) }) })
 * const nightly = job({ name: 'nightly', graph: () => save({ rows: clean({ rows: fetchRows() }) }) })
 * ```
 * @throws `INVALID_NAME`, `INVALID_OPTION`
 */
export function graph<TResult extends GraphResult, TInputs extends object = {}>(
  options: GraphOptions<TInputs, TResult>,
): Graph<TInputs, TResult> {
  const name = nodeName('graph', options.name)
  requireFunction(`graph "${name}"`, 'graph', options.graph)
  const body = options.graph
  const invoke = (inputs?: TInputs, invocation: InvocationOptions = {}): TResult => {
    const place = placeOf(`Graph "${name}"`, 'To run it by itself, make it a job.')
    const inside = insideOf(place, name, invocation)
    return runBody(inside, `the body of graph "${name}"`, () => body(inputs ?? ({} as TInputs)))
  }
  return callable({ [kindOf]: 'graph' as const, name }, invoke) as Graph<TInputs, TResult>
}

export function isGraph(value: unknown): value is Graph {
  return hasKind(value, 'graph')
}

/** What is still mapped at this place can't be named by nodes in maps further inside, so an op stands between. */
function insideOf(place: Place, name: string, invocation: InvocationOptions): Place {
  const before = pathsBefore(place, `${place.prefix}${name}`, invocation)
  const isMapped = (path: string): boolean => (place.composition.nodes.get(path)?.over.length ?? 0) > overOf(place).length
  const after = before.some(isMapped) ? [gate(place, before)] : before
  return { ...place, prefix: `${freePath(place, name)}.`, after: [...place.after, ...after] }
}
