import { hasKind } from './brand.ts'
import { graphError, type MapScope, overOf, type Place } from './composition.ts'
import type { NodeInput, WireSource } from './graph-node.ts'
import { gate, passedOn } from './pass-on.ts'
import { type InvocationOptions, isMappedWire, isWire, type MappedWire, type Wire } from './wire.ts'
import { described, mappedOriginAt, originAt } from './wire-origin.ts'

/**
 * The inputs of an invocation at a place. One that is undefined is left out.
 *
 * @throws `WIRE_OUT_OF_SCOPE`, `GRAPH_INVALID`
 */
export function nodeInputs(place: Place, name: string, given: object): Readonly<Record<string, NodeInput>> {
  if (isWire(given) || isMappedWire(given) || Array.isArray(given)) {
    throw graphError('GRAPH_INVALID', place, `${name} is given a wire where it takes its inputs by name. Write ${name}({ name: wire }).`)
  }
  const inputs: Record<string, NodeInput> = {}
  for (const [input, value] of Object.entries(given) as [string, unknown][]) {
    if (value !== undefined) inputs[input] = nodeInput(place, (index) => `input "${input}"${index} of ${name}`, value)
  }
  return inputs
}

/**
 * Paths of the nodes that an invocation at a place comes after.
 *
 * @throws `WIRE_OUT_OF_SCOPE`, `GRAPH_INVALID`
 */
export function pathsBefore(place: Place, name: string, { after = [] }: InvocationOptions): readonly string[] {
  const all: readonly unknown[] = Array.isArray(after) ? after : [after]
  return [...new Set(all.flatMap((each) => pathsOf(place, `what ${name} comes after`, each)))]
}

/**
 * What a wire gives at a place. Whatever a collected list is used in stands right outside of its map: further inside of
 * other maps, or of its own, it is passed on first, so that a run can tell from the depths that the whole list is meant.
 */
export function sourceAt(place: Place, where: string, wire: Wire): WireSource {
  const origin = originAt(place, where, wire)
  if (origin.source.kind !== 'collect' || origin.map === place.map) return origin.source
  return passedOn({ ...place, map: origin.map }, origin.source)
}

function nodeInput(place: Place, where: (index: string) => string, value: unknown): NodeInput {
  if (!Array.isArray(value)) return { fanIn: false, sources: [sourceOf(place, where(''), value)] }
  return { fanIn: true, sources: value.map((each, index) => sourceOf(place, where(`[${index}]`), each)) }
}

function sourceOf(place: Place, where: string, value: unknown): WireSource {
  if (isWire(value)) return sourceAt(place, where, value)
  if (isMappedWire(value)) {
    throw graphError(
      'WIRE_OUT_OF_SCOPE',
      place,
      `${where} is mapped: there is one value for each element. Call the op in .map(), once an element, or .collect() all values as a list.`,
    )
  }
  throw graphError(
    'GRAPH_INVALID',
    place,
    `${where} is ${kindText(value)}, not a wire. The body runs once, when the graph is defined, and joins the outputs of ops; ` +
      `a value of its own comes from an op without inputs, or from config.`,
  )
}

function pathsOf(place: Place, where: string, before: unknown): readonly string[] {
  if (isMappedWire(before)) return pathsOfMap(place, where, before)
  const source = sourceOf(place, where, before)
  if (source.kind !== 'asset') return [source.node]
  throw graphError(
    'GRAPH_INVALID',
    place,
    `${where} is ${described(source)}. It comes before all that reads it, and before every op that reads no asset at all; give it as an input.`,
  )
}

/** All that was invoked in a map, which is done as a whole only for what stands right outside of it. */
function pathsOfMap(place: Place, where: string, mapped: MappedWire): readonly string[] {
  const { map } = mappedOriginAt(place, where, mapped)
  if (map.parent === place.map) return wholeMap(place, map)
  throw graphError(
    'WIRE_OUT_OF_SCOPE',
    place,
    `${where} is mapped outside of the map over ${overOf(place).at(-1)?.node} that this is in. Let what gives that list come after it instead.`,
  )
}

/**
 * Paths of what is invoked in a map. A node may come after those one map further in, for a run to tell from the depths that
 * all of them are meant; so for maps within the map there is a node in it that comes after what is in them.
 */
function wholeMap(place: Place, map: MapScope): readonly string[] {
  const within = map.inner.flatMap((inner) => wholeMap(place, inner))
  if (within.length > 0) gate({ ...place, map }, within)
  return [...map.paths]
}

function kindText(value: unknown): string {
  const isUncalled = typeof value === 'function' && (hasKind(value, 'op') || hasKind(value, 'graph'))
  if (isUncalled) return `${value.name} itself, without a call`
  return value === null ? 'null' : typeof value
}
