import type { AssetKey } from './asset-key.ts'
import type { CheckOutcome } from './check-spec.ts'
import type { PartitionContext } from './partition-context.ts'
import type { StepContext } from './step-context.ts'

/** The second parameter of `materialize`. */
export interface AssetContext<TConfig = unknown, TResources = Readonly<Record<string, unknown>>, TCheckName extends string = string>
  extends StepContext<TConfig, TResources>, PartitionContext {
  readonly assetKey: AssetKey
  /** The code version that the asset declares, if it does. */
  readonly codeVersion: string | undefined
  /** Says how one of the asset's own `checks` came out, once for each. `output(value, { checks })` does the same. */
  // A method, whose parameters may vary both ways, so that a helper takes the context of any asset; `this: void` lets it be taken out.
  reportCheck(this: void, name: TCheckName, outcome: CheckOutcome): void
}
