import type { AnyAsset } from '../definitions/asset.ts'
import type { Computation } from '../definitions/computation.ts'
import type { Definitions } from '../definitions/definitions.ts'
import { AssetryError } from '../definitions/errors.ts'
import { assetByKey } from './asset-index.ts'
import { assetWork } from './asset-work.ts'
import { type BatchListener, batchWork } from './batch-work.ts'
import { checkWork } from './check-work.ts'
import { multiAssetWork } from './multi-asset-work.ts'
import { observeWork } from './observe-work.ts'
import type { PlacedGraph } from './op-graph.ts'
import { opWork } from './op-work.ts'
import type { StepContextParts } from './step-context.ts'
import type { StepHost } from './step-host.ts'
import type { StepOutcome } from './step-outcome.ts'
import type { StepTarget } from './step-target.ts'

/** What one step runs: the definition behind it, and how to go about it. */
export interface StepWork {
  /** `asset "orders"`, for texts. */
  readonly owner: string
  readonly computation: Computation
  /** Section and name of its config in a run config. */
  readonly configAt: readonly [section: 'assets' | 'ops', name: string]
  /** Loads inputs, calls the user's function, saves what it gave, says what came of it. */
  perform(host: StepHost, parts: StepContextParts): Promise<StepOutcome>
  /** Where one call makes several partitions: how. */
  readonly batch?: BatchPerformance
}

/** How one call makes several partitions. */
export interface BatchPerformance {
  /** Most partitions of one call. */
  readonly size: number
  /** Makes all of the host's partitions, and tells what comes of each. What it throws is what comes of those not told of. */
  perform(host: StepHost, parts: StepContextParts, listener: BatchListener): Promise<void>
}

/**
 * What a step runs in these definitions.
 *
 * @param jobName - the graph job whose op it may be
 * @throws `UNKNOWN_ASSET`, `UNKNOWN_JOB`, `UNKNOWN_STEP` where the definitions don't have it: another version of them planned the run
 */
export function stepWork(definitions: Definitions, target: StepTarget, jobName: string | undefined): StepWork {
  switch (target.kind) {
    case 'op':
      return opWork(graphOf(definitions, target, jobName), target)
    case 'check':
      return checkWork(definitions, target)
    case 'observe':
      return observeWork(assetOf(definitions, target.assetKey))
    case 'materialize':
      return target.assetKeys === undefined
        ? functionWork(assetOf(definitions, target.assetKey))
        : multiAssetWork(target.assetKeys.map((key) => assetOf(definitions, key)))
  }
}

function functionWork(asset: AnyAsset): StepWork {
  return asset.backfillPolicy === undefined ? assetWork(asset) : batchWork(asset, asset.backfillPolicy)
}

/** @throws `UNKNOWN_ASSET` */
function assetOf(definitions: Definitions, key: string | undefined): AnyAsset {
  const found = assetByKey(definitions, key)
  if (found !== undefined) return found
  throw new AssetryError(
    'UNKNOWN_ASSET',
    `These definitions have no asset "${key}", though the run was planned with it. Was it removed or renamed while the run went on?`,
    { facts: { assetKey: key } },
  )
}

function graphOf(definitions: Definitions, target: StepTarget, jobName: string | undefined): PlacedGraph {
  if (target.assetKey !== undefined) {
    const asset = assetOf(definitions, target.assetKey)
    if (asset.origin.kind === 'graph') return { graph: asset.origin.graph, asset, retries: asset.retries }
  }
  const job = definitions.jobs.find((each) => each.name === jobName)
  if (target.assetKey === undefined && job?.kind === 'graph') return { graph: job.graph, asset: undefined, retries: job.retries }
  throw new AssetryError(
    'UNKNOWN_STEP',
    `These definitions have no graph with the step "${target.stepKey}", though the run was planned with it. Was its job or asset changed while the run went on?`,
    { facts: { stepKey: target.stepKey, jobName } },
  )
}
