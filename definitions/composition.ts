import { AssetryError, type ErrorCode } from './errors.ts'
import type { GraphNode, NodeOutput } from './graph-node.ts'

/** A graph while its body runs. */
export interface Composition {
  /** Whose graph it is, for the texts of errors: `job "nightly"`. */
  readonly owner: string
  /** By path, each after those it needs: a wire exists only once its node does. */
  readonly nodes: Map<string, GraphNode>
  /** Paths of nodes and of nested graphs that are taken, each with the highest number that was put behind it. */
  readonly paths: Map<string, number>
}

/** The inside of one map: what its function composes is done for each element. */
export interface MapScope {
  readonly parent: MapScope | undefined
  /** Lists that the nodes in it are mapped over, outermost first. */
  readonly over: readonly NodeOutput[]
  /** Paths of the nodes in it, but for those in maps within it. */
  readonly paths: string[]
  /** Maps within it. */
  readonly inner: MapScope[]
}

/** Where the body that runs is: what it invokes becomes a node there. */
export interface Place {
  readonly composition: Composition
  /** Path of the nested graph it is in, with a dot behind it; empty in none. */
  readonly prefix: string
  readonly map: MapScope | undefined
  /** What all nodes of the nested graph come after. */
  readonly after: readonly string[]
}

/** The place of the body that runs at this moment. Bodies are synchronous, so there is one at most. */
let current: Place | undefined

/**
 * The place that `what` is invoked at.
 *
 * @throws `OP_OUTSIDE_GRAPH`
 */
export function placeOf(what: string, hint: string): Place {
  if (current !== undefined) return current
  throw new AssetryError(
    'OP_OUTSIDE_GRAPH',
    `${what} is called outside of a graph. Called in the body of a job, a graph or a graph asset, it is wired in there; no body is running now. ${hint}`,
    { facts: { what } },
  )
}

/**
 * Runs a body at a place.
 *
 * @throws `GRAPH_INVALID` for an asynchronous one; and whatever it throws
 */
export function runBody<TResult>(place: Place, what: string, body: () => TResult): TResult {
  const before = current
  current = place
  try {
    return synchronous(place, what, body())
  } finally {
    current = before
  }
}

/** An error about the graph that is being composed at a place. */
export function graphError(code: ErrorCode, place: Place, text: string): AssetryError {
  const { owner } = place.composition
  return new AssetryError(code, `${owner}: ${text}`, { facts: { owner } })
}

/** The first of `name`, `name_2`, `name_3` … that is free at a place. It is taken from then on. */
export function freePath({ composition: { paths }, prefix }: Place, name: string): string {
  const first = `${prefix}${name}`
  const taken = paths.get(first)
  if (taken === undefined) {
    paths.set(first, 1)
    return first
  }
  let count = taken + 1
  while (paths.has(`${first}_${count}`)) count += 1
  const path = `${first}_${count}`
  paths.set(first, count).set(path, 1)
  return path
}

/** Adds an invocation at a place, and returns its path. */
export function addNode(place: Place, node: Pick<GraphNode, 'op' | 'inputs' | 'after'>): string {
  const path = freePath(place, node.op.name)
  place.composition.nodes.set(path, { ...node, path, over: overOf(place) })
  place.map?.paths.push(path)
  return path
}

/** What the nodes at a place are mapped over, outermost first. */
export function overOf({ map }: Place): readonly NodeOutput[] {
  return map?.over ?? []
}

function synchronous<TResult>(place: Place, what: string, result: TResult): TResult {
  if (typeof (result as { readonly then?: unknown } | null | undefined)?.then !== 'function') return result
  // What it goes on to do fails, as no body runs by then, and would end the process although it is refused here.
  void Promise.resolve(result).catch(() => undefined)
  throw graphError(
    'GRAPH_INVALID',
    place,
    `${what} is asynchronous. It runs once, when it is defined, to say what is wired to what, and there is nothing to wait for. ` +
      `Take "async" and "await" away; what takes time belongs into the run function of an op.`,
  )
}
