import type { AnyAsset } from '../definitions/asset.ts'
import type { AssetContext } from '../definitions/asset-context.ts'
import type { CheckOutcome } from '../definitions/check-spec.ts'
import { loadInputs } from './asset-values.ts'
import { blockingFailure } from './check-evaluation.ts'
import { inputVersionsOf } from './input-versions.ts'
import { type MadeAndChecked, madeAsset } from './made-asset.ts'
import { partitionedContext, type StepContextParts } from './step-context.ts'
import type { StepHost } from './step-host.ts'
import { stepOutcome, type StepOutcome } from './step-outcome.ts'
import type { StepWork } from './step-work.ts'

/** The step of an asset that is made by its own function. */
export function assetWork(asset: AnyAsset): StepWork {
  const owner = `asset "${asset.key}"`
  return {
    owner,
    computation: asset,
    configAt: ['assets', asset.key],
    perform: async (host, parts) => {
      const inputVersions = await inputVersionsOf(host, asset)
      const inputs = await loadInputs(host, { owner, assetKey: asset.key }, asset.inputs)
      const checks: Record<string, CheckOutcome> = {}
      const returned: unknown = await (asset.materialize as UserFunction)(inputs, assetContext(host, asset, parts, checks))
      host.signal.throwIfAborted()
      return outcomeOf(await madeAsset(host, asset, { returned, added: parts.added, checks, inputVersions }))
    },
  }
}

/** A user's function whose types are known to whoever declared it. */
export type UserFunction = (inputs: unknown, context: unknown) => unknown

/** The context of an asset's function. @param checks - takes what it reports of them */
export function assetContext(host: StepHost, asset: AnyAsset, parts: StepContextParts, checks: Record<string, CheckOutcome>): AssetContext {
  return partitionedContext(`Asset "${asset.key}"`, host, parts, {
    assetKey: asset.key,
    codeVersion: asset.codeVersion,
    reportCheck: (name: string, outcome: CheckOutcome) => void (checks[name] = outcome),
  })
}

/** What a step has come to that made an asset. */
export function outcomeOf({ made, checks }: MadeAndChecked): StepOutcome {
  return stepOutcome({ made: [made], checks, failure: blockingFailure(checks) })
}
