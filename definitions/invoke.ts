import { addNode, type Place, placeOf } from './composition.ts'
import { wireOf } from './mapping.ts'
import { nodeInputs, pathsBefore } from './node-input.ts'
import type { AnyOp } from './op.ts'
import type { InvocationOptions, Wire } from './wire.ts'

/**
 * Adds a node for the op to the graph whose body runs, and returns the wires of its outputs: the one, or several by name.
 *
 * @throws `OP_OUTSIDE_GRAPH`, `WIRE_OUT_OF_SCOPE`, `GRAPH_INVALID`
 */
export function invokeOp(op: AnyOp, given: object = {}, options: InvocationOptions = {}): Wire | Readonly<Record<string, Wire>> {
  const place = placeOf(`Op "${op.name}"`, 'To test its function, call run() of the op.')
  const name = `${place.prefix}${op.name}`
  const inputs = nodeInputs(place, name, given)
  const after = [...new Set([...place.after, ...pathsBefore(place, name, options)])]
  const node = addNode(place, { op, inputs, after })
  const wires = op.outputs.map((output) => [output.name, outputWire(place, node, output.name)] as const)
  return op.hasNamedOutputs ? Object.fromEntries(wires) : (wires[0]?.[1] as Wire)
}

function outputWire({ composition, map }: Place, node: string, output: string): Wire {
  return wireOf({ composition, map, source: { kind: 'output', node, output } })
}
