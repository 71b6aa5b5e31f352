import type { AnyAsset } from '../definitions/asset.ts'
import { AssetryError } from '../definitions/errors.ts'
import { metadataOf } from '../definitions/metadata-value.ts'
import { isObservation } from '../definitions/observation.ts'
import type { UserFunction } from './asset-work.ts'
import { loadInputs } from './asset-values.ts'
import { partitionedContext, type StepContextParts } from './step-context.ts'
import { type ObservedAsset, stepOutcome } from './step-outcome.ts'
import type { StepWork } from './step-work.ts'

/** The step that looks at an observable asset. */
export function observeWork(asset: AnyAsset): StepWork {
  const owner = `asset "${asset.key}"`
  return {
    owner,
    computation: asset,
    configAt: ['assets', asset.key],
    perform: async (host, parts) => {
      const inputs = await loadInputs(host, { owner, assetKey: asset.key }, asset.inputs)
      const context = partitionedContext(owner, host, parts, { assetKey: asset.key })
      const said: unknown = await observeFunction(asset)(inputs, context)
      host.signal.throwIfAborted()
      return stepOutcome({ observed: [observedAsset(asset, said, parts)] })
    },
  }
}

function observeFunction({ key, origin }: AnyAsset): UserFunction {
  if (origin.kind === 'observable') return origin.observe as UserFunction
  throw new AssetryError(
    'UNKNOWN_STEP',
    `Asset "${key}" is not observable any more, though the run was planned so. Was it changed while the run went on?`,
    {
      facts: { assetKey: key },
    },
  )
}

function observedAsset(asset: AnyAsset, said: unknown, { added }: StepContextParts): ObservedAsset {
  const owner = `asset "${asset.key}"`
  if (typeof said === 'string') return { assetKey: asset.key, dataVersion: said, metadata: metadataOf(owner, added), tags: {} }
  if (isObservation(said)) {
    const { dataVersion, metadata, tags } = said
    return {
      assetKey: asset.key,
      dataVersion: dataVersion ?? null,
      metadata: metadataOf(owner, { ...added, ...metadata }),
      tags: tags ?? {},
    }
  }
  throw new AssetryError(
    'OBSERVATION_INVALID',
    `observe() of ${owner} returned ${said === null ? 'null' : typeof said}. Return the data version as a text, or observation({ dataVersion, metadata }).`,
    { facts: { assetKey: asset.key } },
  )
}
