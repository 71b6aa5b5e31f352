import { kindOf } from './brand.ts'
import { graphError, type MapScope, overOf, type Place, placeOf, runBody } from './composition.ts'
import { AssetryError } from './errors.ts'
import type { NodeOutput } from './graph-node.ts'
import { sourceAt } from './node-input.ts'
import { passedOn } from './pass-on.ts'
import { isMappedWire, isWire, type MappedWire, type Wire } from './wire.ts'
import { described, mappedOriginAt, originAt, withMappedOrigin, type WireOrigin, withOrigin } from './wire-origin.ts'

type Each = (given: never) => unknown

/** The wire of an origin. */
export function wireOf(origin: WireOrigin): Wire {
  const wire: Wire = withOrigin({ [kindOf]: 'wire', map: (each: Each) => mapElements(wire, each) as never }, origin)
  const refuse = (): never => {
    throw partOfValue(origin)
  }
  // Else a text would hold "[object Object]", and a comparison would be false in silence.
  return Object.defineProperties(wire, { toString: { value: refuse }, [Symbol.toPrimitive]: { value: refuse } })
}

function partOfValue({ composition, source }: WireOrigin): AssetryError {
  return new AssetryError(
    'GRAPH_INVALID',
    `${composition.owner}: ${described(source)} was made part of a text, a sum or a comparison in the body of a graph. ` +
      `There is no value before there is a run: hand the wire to an op, and do it in its run function.`,
    { facts: { owner: composition.owner } },
  )
}

function mapElements(wire: Wire, each: Each): MappedWire {
  const place = placeOf('map', 'A wire has no elements before there is a run.')
  const list = outputAt(place, 'what is mapped', wire)
  const inside: MapScope = { parent: place.map, over: [...overOf(place), list], paths: [], inner: [] }
  place.map?.inner.push(inside)
  const element = wireOf({
    composition: place.composition,
    map: inside,
    source: { ...list, kind: 'element', level: inside.over.length - 1 },
  })
  return mapped(place, inside, element, each)
}

function mapFurther(before: MappedWire, each: Each): MappedWire {
  const place = placeOf('map', 'A wire has no elements before there is a run.')
  const { map, result } = mappedOriginAt(place, 'what is mapped further', before)
  return mapped(place, map, result, each)
}

function mapped(place: Place, inside: MapScope, given: unknown, each: Each): MappedWire {
  if (typeof each !== 'function') throw graphError('GRAPH_INVALID', place, `map is given ${typeof each}, not a function.`)
  const within = { ...place, map: inside }
  const result = checkedResult(
    within,
    runBody(within, 'the function given to map', () => each(given as never)),
  )
  const self: MappedWire = withMappedOrigin(
    { [kindOf]: 'mapped-wire', map: (next: Each) => mapFurther(self, next) as never, collect: () => collect(self) as never },
    { composition: place.composition, map: inside, result },
  )
  return self
}

function checkedResult(place: Place, result: unknown): unknown {
  if (result === undefined || result === null) return undefined
  const single = isWire(result) || isMappedWire(result) || typeof result !== 'object'
  for (const wire of single ? [result] : Object.values(result)) checkReturned(place, wire)
  return result
}

function checkReturned(place: Place, wire: unknown): void {
  const what = 'the function given to map returns'
  if (isWire(wire)) return void originAt(place, `what ${what}`, wire)
  if (isMappedWire(wire)) {
    const text = `${what} what is mapped once more. .collect() it there, as a list for each element.`
    throw graphError('WIRE_OUT_OF_SCOPE', place, text)
  }
  throw graphError('GRAPH_INVALID', place, `${what} ${typeof wire}. Return a wire, wires by name, or nothing.`)
}

function collect(before: MappedWire): unknown {
  const place = placeOf('collect', 'A wire has no elements before there is a run.')
  const { map, result } = mappedOriginAt(place, 'what is collected', before)
  const collected = (wire: Wire): Wire => {
    const output = outputAt({ ...place, map }, 'what is collected', wire)
    return wireOf({ composition: place.composition, map: map.parent, source: { ...output, kind: 'collect' } })
  }
  if (isWire(result)) return collected(result)
  const named = Object.entries((result ?? {}) as Readonly<Record<string, Wire>>).map(([name, wire]) => [name, collected(wire)])
  return result === undefined ? undefined : Object.fromEntries(named)
}

/** The output of an op at the very place, which is all that can be mapped or collected: any other is passed on by an op there. */
function outputAt(place: Place, where: string, wire: Wire): NodeOutput {
  const origin = originAt(place, where, wire)
  const isThere = origin.source.kind === 'output' && origin.map === place.map
  const { node, output } = isThere ? origin.source : passedOn(place, sourceAt(place, where, wire))
  return { node, output }
}
