import type { AnyAsset } from '../definitions/asset.ts'
import type { AssetKey } from '../definitions/asset-key.ts'
import type { Definitions } from '../definitions/definitions.ts'

/** What each step asks of all assets: a project may have thousands of them. */
interface AssetIndex {
  readonly byKey: ReadonlyMap<AssetKey, AnyAsset>
  /** Assets whose value another one loads. */
  readonly read: ReadonlySet<AssetKey>
}

const indexes = new WeakMap<Definitions, AssetIndex>()

/** The asset of that key, if there is one. */
export function assetByKey(definitions: Definitions, key: AssetKey | undefined): AnyAsset | undefined {
  return key === undefined ? undefined : indexOf(definitions).byKey.get(key)
}

/** Whether another asset loads the value of that one. */
export function isReadByAsset(definitions: Definitions, key: AssetKey): boolean {
  return indexOf(definitions).read.has(key)
}

/** Made once. */
function indexOf(definitions: Definitions): AssetIndex {
  const known = indexes.get(definitions) ?? makeIndex(definitions)
  indexes.set(definitions, known)
  return known
}

function makeIndex({ assets }: Definitions): AssetIndex {
  return {
    byKey: new Map(assets.map((asset) => [asset.key, asset])),
    read: new Set(assets.flatMap(({ inputs }) => Object.values(inputs).map(({ asset }) => asset.key))),
  }
}
