import type { AssetContext } from '../definitions/asset-context.ts'
import type { CheckOutcome } from '../definitions/check-spec.ts'
import { type ContextRecord, type PartitionOptions, type StepContextOptions, testStepContext, withPartition } from './step-context.ts'

/** What {@link buildAssetContext} may be told; each has a sensible default. */
export interface AssetContextOptions<TConfig, TResources> extends StepContextOptions<TConfig, TResources>, PartitionOptions {
  /** @default 'test' */
  readonly assetKey?: string
  readonly codeVersion?: string
}

/** A context for a direct call, and what the called function did with it. */
export interface TestAssetContext<TConfig, TResources> extends AssetContext<TConfig, TResources>, ContextRecord {
  /** What `reportCheck` got so far. */
  readonly reportedChecks: Readonly<Record<string, CheckOutcome>>
}

/**
 * A context for calling an asset's function in a test.
 *
 * @example
 * ```ts
 * const cleaned = cleanedOrders.materialize({ rawOrders: sample }, buildAssetContext({ config: { minScore: 85 } }))
 * ```
 */
export function buildAssetContext<TConfig = undefined, TResources = Readonly<Record<string, never>>>(
  options: AssetContextOptions<TConfig, TResources> = {},
): TestAssetContext<TConfig, TResources> {
  const reportedChecks: Record<string, CheckOutcome> = {}
  const context = {
    ...testStepContext(options),
    assetKey: options.assetKey ?? 'test',
    codeVersion: options.codeVersion,
    reportCheck: (name: string, outcome: CheckOutcome) => void (reportedChecks[name] = outcome),
    reportedChecks,
  }
  return withPartition('buildAssetContext', context, options)
}
