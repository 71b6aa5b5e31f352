import type { CheckOutcome } from '../definitions/check-spec.ts'
import type { MetadataInput } from '../definitions/metadata-value.ts'
import type { MultiAssetContext } from '../definitions/multi-asset-context.ts'
import { type ContextRecord, type PartitionOptions, type StepContextOptions, testStepContext, withPartition } from './step-context.ts'

/** What {@link buildMultiAssetContext} may be told; each but the outputs has a sensible default. */
export interface MultiAssetContextOptions<TConfig, TResources, TOutputName extends string>
  extends StepContextOptions<TConfig, TResources>, PartitionOptions {
  /** Names of the outputs that the run asks for. */
  readonly selectedOutputs: readonly TOutputName[]
}

/** A context for a direct call, and what the called function did with it. */
export interface TestMultiAssetContext<TConfig, TResources, TOutputName extends string>
  extends MultiAssetContext<TConfig, TResources, TOutputName>, ContextRecord {
  /** What `addMetadata` got so far for one output. */
  readonly outputMetadata: Readonly<Record<string, Readonly<Record<string, MetadataInput>>>>
  /** What `reportCheck` got so far, by output and check. */
  readonly reportedChecks: Readonly<Record<string, Readonly<Record<string, CheckOutcome>>>>
}

/**
 * A context for calling the function of a multi-asset in a test.
 *
 * @example
 * ```ts
 * const made = await split.materialize({ rows }, buildMultiAssetContext({ selectedOutputs: ['users', 'orders'] }))
 * ```
 */
export function buildMultiAssetContext<const TOutputName extends string, TConfig = undefined, TResources = Readonly<Record<string, never>>>(
  options: MultiAssetContextOptions<TConfig, TResources, TOutputName>,
): TestMultiAssetContext<TConfig, TResources, TOutputName> {
  const step = testStepContext(options)
  const outputMetadata: Record<string, Record<string, MetadataInput>> = {}
  const reportedChecks: Record<string, Record<string, CheckOutcome>> = {}
  const context = {
    ...step,
    selectedOutputs: options.selectedOutputs,
    addMetadata: (metadata: Readonly<Record<string, MetadataInput>>, output?: TOutputName) => {
      if (output === undefined) step.addMetadata(metadata)
      else Object.assign((outputMetadata[output] ??= {}), metadata)
    },
    reportCheck: (name: string, outcome: CheckOutcome, output: TOutputName) => void ((reportedChecks[output] ??= {})[name] = outcome),
    outputMetadata,
    reportedChecks,
  }
  return withPartition('buildMultiAssetContext', context, options)
}
