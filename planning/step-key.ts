import type { AssetKey } from '../definitions/asset-key.ts'

/** Key of the step of an op: its path in a job's graph; behind the asset's key where it is part of making an asset. */
export function opStepKey(assetKey: AssetKey | undefined, node: string): string {
  return assetKey === undefined ? node : `${assetKey}.${node}`
}

/** Key of a step for one element of each list that it is mapped over: `process[a]`, `process[a,2]`. */
export function mappedStepKey(key: string, mappingKeys: readonly string[]): string {
  return mappingKeys.length === 0 ? key : `${key}[${mappingKeys.join(',')}]`
}
