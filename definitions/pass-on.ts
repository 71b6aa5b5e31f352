import { kindOf } from './brand.ts'
import { addNode, type Place } from './composition.ts'
import type { WireSource } from './graph-node.ts'
import type { AnyOp } from './op.ts'

/**
 * Gives what it gets. Stands in a graph where a value is needed in a form that only an op's output has: a list that is
 * mapped over is saved element by element by the op that gives it, and what is collected is the output of one.
 */
export const passOn: AnyOp = {
  [kindOf]: 'op',
  name: 'pass_on',
  description: 'Passes its value on, so that it can be mapped over or collected.',
  tags: {},
  codeVersion: '1',
  ioManager: undefined,
  outputs: [{ name: 'result', optional: false }],
  hasNamedOutputs: false,
  config: undefined,
  resources: {},
  retries: undefined,
  timeoutMs: undefined,
  heartbeatTimeoutMs: undefined,
  source: 'value',
  run: ({ value }: { readonly value: unknown }) => value,
}

/** The value of `source` as the output of an op at that place. */
export function passedOn(place: Place, source: WireSource): WireSource & { readonly kind: 'output' } {
  const node = addNode(place, { op: passOn, inputs: { value: { fanIn: false, sources: [source] } }, after: [] })
  return { kind: 'output', node, output: 'result' }
}

/** Path of a node at that place which comes after all of these: so what comes after it need not name them. */
export function gate(place: Place, after: readonly string[]): string {
  return addNode(place, { op: passOn, inputs: {}, after })
}
