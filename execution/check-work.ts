import type { AssetCheck } from '../definitions/asset-check.ts'
import type { CheckContext } from '../definitions/check-context.ts'
import type { Definitions } from '../definitions/definitions.ts'
import { AssetryError } from '../definitions/errors.ts'
import { metadataOf } from '../definitions/metadata-value.ts'
import type { UserFunction } from './asset-work.ts'
import { loadInputs } from './asset-values.ts'
import { blockingFailure, evaluatedCheck } from './check-evaluation.ts'
import { stepContext, type StepContextParts } from './step-context.ts'
import type { StepHost } from './step-host.ts'
import { stepOutcome } from './step-outcome.ts'
import type { StepTarget } from './step-target.ts'
import type { StepWork } from './step-work.ts'

/** The step of an asset check. @throws `UNKNOWN_STEP` where the definitions have no such check */
export function checkWork(definitions: Definitions, target: StepTarget): StepWork {
  const check = checkOf(definitions, target)
  const owner = `check "${check.name}" of asset "${check.assetKey}"`
  return {
    owner,
    computation: check,
    configAt: ['assets', target.stepKey],
    perform: async (host, parts) => {
      const inputs = await loadInputs(host, { owner, assetKey: undefined }, check.inputs)
      const said: unknown = await (check.check as UserFunction)(inputs, await contextOf(check, host, parts))
      host.signal.throwIfAborted()
      const evaluated = evaluatedCheck(check.assetKey, check, said)
      const checks = [{ ...evaluated, metadata: { ...metadataOf(owner, parts.added), ...evaluated.metadata } }]
      return stepOutcome({ checks, failure: blockingFailure(checks) })
    },
  }
}

function checkOf({ assetChecks }: Definitions, { assetKey, check, stepKey }: StepTarget): AssetCheck {
  const found = assetChecks.find((each) => each.assetKey === assetKey && each.name === check)
  if (found !== undefined) return found
  throw new AssetryError(
    'UNKNOWN_STEP',
    `These definitions have no check "${stepKey}", though the run was planned with it. Was it removed or renamed while the run went on?`,
    { facts: { assetKey, check } },
  )
}

async function contextOf(check: AssetCheck, host: StepHost, parts: StepContextParts): Promise<CheckContext> {
  return {
    ...stepContext(host, parts),
    assetKey: check.assetKey,
    checkName: check.name,
    now: new Date(),
    ...(await host.history(check.assetKey)),
  }
}
