import type { CheckOutcome } from './check-spec.ts'
import type { MetadataInput } from './metadata-value.ts'
import type { PartitionContext } from './partition-context.ts'
import type { StepContext } from './step-context.ts'

/** The second parameter of a multi-asset's `materialize`. */
export interface MultiAssetContext<TConfig = unknown, TResources = Readonly<Record<string, unknown>>, TOutputName extends string = string>
  extends StepContext<TConfig, TResources>, PartitionContext {
  /** Names of the outputs that this run asks for: all of them, unless the multi-asset is subsettable. */
  readonly selectedOutputs: readonly TOutputName[]
  /** Adds to the metadata of one output's materialization; without a name, of each of them. */
  // Methods for the reason that `AssetContext.reportCheck` is one.
  addMetadata(this: void, metadata: Readonly<Record<string, MetadataInput>>, output?: TOutputName): void
  /** Says how one of the `checks` that an output declares came out. `output(value, { checks })` does the same. */
  reportCheck(this: void, name: string, outcome: CheckOutcome, output: TOutputName): void
}
