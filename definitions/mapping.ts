import { kindOf } from './brand.ts'
import { graphError, type MapScope, overOf, type Place, placeOf, runBody } from './composition.ts'
import type { NodeOutput } from './graph-node.ts'
import { passedOn } from './pass-on.ts'
import { isMappedWire, isWire, type MappedWire, type Wire } from './wire.ts'
import { mappedOriginAt, originAt, withMappedOrigin, type WireOrigin, withOrigin } from './wire-origin.ts'

type Each = (given: never) => unknown

/** The wire of an origin. */
export function wireOf(origin: WireOrigin): Wire {
  const wire: Wire = withOrigin({ [kindOf]: 'wire', map: (each: Each) => mapElements(wire, each) as never }, origin)
  return wire
}

/** What is mapped directly is a list that an op gives at the very place; any other is passed on by an op there. */
function mapElements(wire: Wire, each: Each): MappedWire {
  const place = placeOf('map', 'A wire has no elements before there is a run.')
  const { source, map } = originAt(place, 'what is mapped', wire)
  const list = source.kind === 'output' && map === place.map ? source : passedOn(place, source)
  const inside: MapScope = { parent: place.map, over: [...overOf(place), outputOf(list)], paths: [] }
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
  const wires: readonly unknown[] = isWire(result) || typeof result !== 'object' || isMappedWire(result) ? [result] : Object.values(result)
  for (const wire of wires) {
    if (isMappedWire(wire)) {
      throw graphError(
        'WIRE_OUT_OF_SCOPE',
        place,
        'the function given to map returns what is mapped once more. .collect() it there, as a list for each element.',
      )
    }
    if (!isWire(wire))
      throw graphError(
        'GRAPH_INVALID',
        place,
        `the function given to map returns ${typeof wire}. Return a wire, wires by name, or nothing.`,
      )
    originAt(place, 'what the function given to map returns', wire)
  }
  return result
}

function collect(before: MappedWire): unknown {
  const place = placeOf('collect', 'A wire has no elements before there is a run.')
  const { map, result } = mappedOriginAt(place, 'what is collected', before)
  const collected = (wire: Wire): Wire => {
    const output = outputIn({ ...place, map }, wire)
    return wireOf({ composition: place.composition, map: map.parent, source: { ...output, kind: 'collect' } })
  }
  if (isWire(result)) return collected(result)
  const named = Object.entries((result ?? {}) as Readonly<Record<string, Wire>>).map(([name, wire]) => [name, collected(wire)])
  return result === undefined ? undefined : Object.fromEntries(named)
}

/** What is collected is what an op gives in the map itself; anything else is passed on by an op there. */
function outputIn(place: Place, wire: Wire): NodeOutput {
  const { source, map } = originAt(place, 'what is collected', wire)
  return outputOf(source.kind === 'output' && map === place.map ? source : passedOn(place, source))
}

function outputOf({ node, output }: NodeOutput): NodeOutput {
  return { node, output }
}
