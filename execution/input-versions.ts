import type { AnyAsset } from '../definitions/asset.ts'
import type { AssetKey } from '../definitions/asset-key.ts'
import { assetByKey } from './asset-index.ts'
import { combinedDataVersion } from './data-version.ts'
import type { StepHost, VersionedData } from './step-host.ts'
import { neededData } from './step-partitions.ts'

/** Data versions by key; null for an asset that has none. Those of several partitions are combined into one. */
export type InputVersions = Readonly<Record<AssetKey, string | null>>

/** The data versions that what an asset is made from has now. */
export async function inputVersionsOf(host: StepHost, asset: AnyAsset): Promise<InputVersions> {
  const needs = asset.upstreamKeys.map((key) => upstreamNeed(host, asset, key))
  const versions = await host.dataVersions(needs.flatMap(({ data }) => data))
  let place = 0
  const entries = needs.map(({ key, isCombined, data }) => {
    const own = versions.slice(place, (place += data.length))
    return [
      key,
      isCombined ? combinedDataVersion(data.map(({ partitionKey }, index) => [partitionKey ?? '', own[index] ?? null])) : (own[0] ?? null),
    ]
  })
  return Object.fromEntries(entries) as InputVersions
}

interface UpstreamNeed {
  readonly key: AssetKey
  readonly isCombined: boolean
  readonly data: readonly VersionedData[]
}

function upstreamNeed(host: StepHost, asset: AnyAsset, key: AssetKey): UpstreamNeed {
  const upstream = assetByKey(host.definitions, key)
  if (upstream?.partitions === undefined) return { key, isCombined: false, data: [{ assetKey: key, partitionKey: null }] }
  const loaded = Object.values(asset.inputs).some((input) => input.asset.key === key)
  const { gives, partitionKeys } = neededData(host, { asset: upstream, mapping: asset.partitionMappings[key]?.spec, loaded })
  return { key, isCombined: gives === 'many', data: partitionKeys.map((partitionKey) => ({ assetKey: key, partitionKey })) }
}
