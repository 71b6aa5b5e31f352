import { type Branded, hasKind, kindOf } from './brand.ts'

/** Says that a tick asks for no run, and why. */
export interface Skip extends Branded<'skip'> {
  /** For people, in the history of ticks. */
  readonly reason: string
}

/**
 * Says why there is nothing to run.
 *
 * @example
 * ```ts
 * if (files.length === 0) return skip('no new files')
 * ```
 */
export function skip(reason: string): Skip {
  return { [kindOf]: 'skip', reason }
}

export function isSkip(value: unknown): value is Skip {
  return hasKind(value, 'skip')
}
