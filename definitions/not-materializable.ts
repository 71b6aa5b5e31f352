import type { AssetKey } from './asset-key.ts'
import { AssetryError } from './errors.ts'

/** Stands in for the `materialize` of an asset that has none of its own: a call says why. */
export function notMaterializable(key: AssetKey, why: string): never {
  const refuse = (): never => {
    throw new AssetryError('NOT_MATERIALIZABLE', `Asset "${key}" ${why}, so it has no function of its own to call.`, { facts: { key } })
  }
  return refuse as never
}
