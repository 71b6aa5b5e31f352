import type { StepContext } from './step-context.ts'

/** The second parameter of an op's `run`. */
export interface OpContext<TConfig = unknown, TResources = Readonly<Record<string, unknown>>> extends StepContext<TConfig, TResources> {
  /** Name of the op. */
  readonly opName: string
  /** Which invocation of it this is: its path in the graph, such as `outer.clean_2`. */
  readonly path: string
  /** Which elements of the lists it is mapped over this call is for, outermost first. Empty outside every map. */
  readonly mappingKeys: readonly string[]
}
