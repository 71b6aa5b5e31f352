import { type Composition, graphError, type MapScope, type Place } from './composition.ts'
import type { WireSource } from './graph-node.ts'
import type { MappedWire, Wire } from './wire.ts'

/** What a wire stands for, and where it may be used: in its map and in those within. */
export interface WireOrigin {
  readonly composition: Composition
  readonly map: MapScope | undefined
  readonly source: WireSource
}

/** What a mapped wire stands for: what the function that was given to `map` returned, for each element. */
export interface MappedOrigin {
  readonly composition: Composition
  readonly map: MapScope
  readonly result: unknown
}

const wireOrigins = new WeakMap<Wire, WireOrigin>()
const mappedOrigins = new WeakMap<MappedWire, MappedOrigin>()

/** Returns the wire, once its origin is kept. */
export function withOrigin(wire: Wire, origin: WireOrigin): Wire {
  wireOrigins.set(wire, origin)
  return wire
}

/** Returns the mapped wire, once its origin is kept. */
export function withMappedOrigin(mapped: MappedWire, origin: MappedOrigin): MappedWire {
  mappedOrigins.set(mapped, origin)
  return mapped
}

/**
 * The origin of a wire that is used at a place.
 *
 * @param where - what it is used as, for the error's text: `input "data" of save_data`
 * @throws `WIRE_OUT_OF_SCOPE`
 */
export function originAt(place: Place, where: string, wire: Wire): WireOrigin {
  const origin = ofSameGraph(place, where, wireOrigins.get(wire))
  if (isWithin(place.map, origin.map)) return origin
  throw graphError(
    'WIRE_OUT_OF_SCOPE',
    place,
    `${where} is ${described(origin.source)}, which is inside a map: there is one for each element of ${listOf(origin)}. ` +
      `Use it in the function given to map, or return it from there and .collect() what map gives.`,
  )
}

/**
 * The origin of a mapped wire that is used at a place as a whole.
 *
 * @throws `WIRE_OUT_OF_SCOPE`
 */
export function mappedOriginAt(place: Place, where: string, mapped: MappedWire): MappedOrigin {
  const origin = ofSameGraph(place, where, mappedOrigins.get(mapped))
  if (isWithin(place.map, origin.map.parent)) return origin
  throw graphError(
    'WIRE_OUT_OF_SCOPE',
    place,
    `${where} is mapped inside of another map, so there is one for each element of that. Use it, or .collect() it, in the function given to the outer map.`,
  )
}

/** How a wire's origin reads in an error: `the output of fetch_data`. */
export function described(source: WireSource): string {
  switch (source.kind) {
    case 'asset':
      return `the asset "${source.assetKey}"`
    case 'element':
      return `an element of the list of ${source.node}`
    case 'collect':
      return `the collected output of ${source.node}`
    case 'output':
      return `the output of ${source.node}`
  }
}

function ofSameGraph<TOrigin extends { readonly composition: Composition }>(
  place: Place,
  where: string,
  origin: TOrigin | undefined,
): TOrigin {
  if (origin?.composition === place.composition) return origin
  const from = origin === undefined ? 'another copy of this package' : `the graph of ${origin.composition.owner}`
  throw graphError(
    'WIRE_OUT_OF_SCOPE',
    place,
    `${where} is a wire of ${from}. Wires join what is invoked in one graph; invoke the op in this one.`,
  )
}

function isWithin(inner: MapScope | undefined, outer: MapScope | undefined): boolean {
  for (let scope = inner; scope !== undefined; scope = scope.parent) if (scope === outer) return true
  return outer === undefined
}

function listOf({ map }: WireOrigin): string {
  return map?.over.at(-1)?.node ?? 'a list'
}
