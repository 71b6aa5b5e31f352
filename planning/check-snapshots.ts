import type { AnyAsset } from '../definitions/asset.ts'
import type { AssetCheck } from '../definitions/asset-check.ts'
import type { CheckSpec } from '../definitions/check-spec.ts'
import { configSnapshotOf } from './config-snapshot.ts'
import type { CheckSnapshot } from './snapshot.ts'

/** The checks of an asset as data: first those its own step reports, then those of `assetChecks` that are its own. */
export async function checkSnapshots(asset: AnyAsset, assetChecks: readonly AssetCheck[]): Promise<readonly CheckSnapshot[]> {
  const ofAsset = assetChecks.filter((check) => check.assetKey === asset.key)
  return [...asset.checks.map(inStepSnapshot), ...(await Promise.all(ofAsset.map(ownStepSnapshot)))]
}

function inStepSnapshot({ name, description, blocking }: CheckSpec): CheckSnapshot {
  const none = { upstreamKeys: [], resources: [], timeoutMs: null, heartbeatTimeoutMs: null, config: null }
  return { name, description: description ?? null, blocking, inStep: true, ...none }
}

async function ownStepSnapshot(check: AssetCheck): Promise<CheckSnapshot> {
  return {
    name: check.name,
    description: check.description ?? null,
    blocking: check.blocking,
    inStep: false,
    upstreamKeys: check.upstreamKeys,
    resources: [...new Set(Object.values(check.resources).map((resource) => resource.name))],
    timeoutMs: check.timeoutMs ?? null,
    heartbeatTimeoutMs: check.heartbeatTimeoutMs ?? null,
    config: await configSnapshotOf(check.config),
  }
}
