import type { AssetKey } from '../definitions/asset-key.ts'

/** Beginning of the keys under which the outputs of ops are stored, by run. No asset's key has such a part at its beginning by chance. */
const folder = '__runs'

/** Names the output of one step of an op, or one element of it. */
export interface StoredOutput {
  readonly runId: string
  /** The graph asset that the op is part of making; undefined for an op of a job. */
  readonly assetKey: AssetKey | undefined
  readonly node: string
  readonly mappingKeys: readonly string[]
  readonly output: string
  /** Which element of a list that is mapped over. */
  readonly element?: string | undefined
}

/** The key that an IO manager gets for it in place of an asset's. A node is mapped always as deep, so that no two of them meet. */
export function storedOutputKey({ runId, assetKey, node, mappingKeys, output, element }: StoredOutput): string {
  const step = assetKey === undefined ? node : `${assetKey}.${node}`
  const ofElement = element === undefined ? [] : [keyPart(element)]
  return [folder, runId, step, ...mappingKeys.map(keyPart), output, ...ofElement].join('/')
}

/** Elements are often named by files: a part that ended like one, with `.json`, would be refused by an IO manager that writes such files. */
function keyPart(mappingKey: string): string {
  return mappingKey.includes('.') ? `${mappingKey}_` : mappingKey
}
