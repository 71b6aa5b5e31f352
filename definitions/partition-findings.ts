import type { AnyAsset } from './asset.ts'
import type { AssetCheck } from './asset-check.ts'
import type { AssetKey } from './asset-key.ts'
import type { Finding } from './errors.ts'
import { type PartitionsSpec, samePartitions } from './partitions/partitions-spec.ts'
import { partitionsText } from './partitions/partitions-text.ts'

/** The specs of the assets that have partitions. */
type Specs = ReadonlyMap<AssetKey, PartitionsSpec>

/** Who reads upstream assets: an asset, or a check of one. */
interface Reader {
  /** `Asset "report"`. */
  readonly title: string
  readonly path: string
  /** The asset whose partitions it is for. */
  readonly assetKey: AssetKey
  readonly upstreamKeys: readonly AssetKey[]
}

/**
 * Assets that need one with other partitions than they have themselves: nothing says which of them belong together. An
 * asset without partitions may be upstream of every other.
 */
export function partitionFindings(assets: readonly AnyAsset[], checks: readonly AssetCheck[]): readonly Finding[] {
  const specs = new Map(assets.flatMap(({ key, partitions }) => (partitions === undefined ? [] : [[key, partitions.spec] as const])))
  if (specs.size === 0) return []
  const readers: readonly Reader[] = [
    ...assets.map(({ key, upstreamKeys }) => ({ title: `Asset "${key}"`, path: `assets.${key}`, assetKey: key, upstreamKeys })),
    ...checks.map(({ name, assetKey, upstreamKeys }) => ({
      title: `Check "${name}" of asset "${assetKey}"`,
      path: `assetChecks.${assetKey}:${name}`,
      assetKey,
      upstreamKeys,
    })),
  ]
  return readers.flatMap((reader) => readerFindings(reader, specs))
}

function readerFindings({ title, path, assetKey, upstreamKeys }: Reader, specs: Specs): readonly Finding[] {
  const own = specs.get(assetKey)
  return upstreamKeys.flatMap((key) => {
    const theirs = specs.get(key)
    if (theirs === undefined || (own !== undefined && samePartitions(own, theirs))) return []
    const has = own === undefined ? 'has no partitions' : `has other ones, ${partitionsText(own)}`
    const message =
      `${title} needs "${key}", which has ${partitionsText(theirs)}, and ${has}: which partitions it would get, nothing says. ` +
      `Give both the same partitions, or take the dependency away.`
    return [{ code: 'PARTITIONS_DIFFER' as const, path, message }]
  })
}
