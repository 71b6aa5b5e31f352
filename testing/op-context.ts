import type { OpContext } from '../definitions/op-context.ts'
import { type ContextRecord, type StepContextOptions, testStepContext } from './step-context.ts'

/** What {@link buildOpContext} may be told; each has a sensible default. */
export interface OpContextOptions<TConfig, TResources> extends StepContextOptions<TConfig, TResources> {
  /** @default 'test' */
  readonly opName?: string
  /** @default the op's name */
  readonly path?: string
  /** @default none: outside of every map */
  readonly mappingKeys?: readonly string[]
}

/**
 * A context for calling an op's function in a test.
 *
 * @example
 * ```ts
 * const rows = filterData.run({ data: sample }, buildOpContext({ config: { minimum: 10 } }))
 * ```
 */
export function buildOpContext<TConfig = undefined, TResources = Readonly<Record<string, never>>>(
  options: OpContextOptions<TConfig, TResources> = {},
): OpContext<TConfig, TResources> & ContextRecord {
  const opName = options.opName ?? 'test'
  return { ...testStepContext(options), opName, path: options.path ?? opName, mappingKeys: options.mappingKeys ?? [] }
}
