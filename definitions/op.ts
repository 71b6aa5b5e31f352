import { type Branded, hasKind } from './brand.ts'
import type { Computation } from './computation.ts'
import type { IOManager } from './io-manager.ts'
import type { Tags } from './tags.ts'

/** The output of an op that names none. */
export const onlyOutput = 'result'

/** An output of an op. */
export interface OpOutput {
  readonly name: string
  /** Whether the op may leave it out; what needs it is then skipped. */
  readonly optional: boolean
}

/** An op whatever its types: what a step of a graph runs. */
export interface AnyOp extends Branded<'op'>, Computation {
  readonly name: string
  readonly description: string | undefined
  readonly tags: Tags
  readonly codeVersion: string | undefined
  /** Stores its outputs. @default files, apart from assets */
  readonly ioManager: IOManager | undefined
  readonly outputs: readonly OpOutput[]
  /** Whether `run` returns an object with the outputs by name, instead of the one output. */
  readonly hasNamedOutputs: boolean
  readonly run: (inputs: never, context: never) => unknown
}

export function isOp(value: unknown): value is AnyOp {
  return hasKind(value, 'op')
}
