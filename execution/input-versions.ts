import type { AnyAsset } from '../definitions/asset.ts'
import type { AssetKey } from '../definitions/asset-key.ts'
import { assetByKey } from './asset-index.ts'
import { combinedDataVersion } from './data-version.ts'
import { nameOfData, type StepHost, type VersionedData } from './step-host.ts'
import { isSameForAll, neededData } from './step-partitions.ts'

/** Data versions by key; null for an asset that has none. Those of several partitions are combined into one. */
export type InputVersions = Readonly<Record<AssetKey, string | null>>

/** The data versions that what an asset is made from has now. */
export async function inputVersionsOf(host: StepHost, asset: AnyAsset): Promise<InputVersions> {
  const needs = upstreamNeeds(host, asset)
  const versions = await versionsOf(host, needs)
  return Object.fromEntries(needs.map((need) => [need.key, versions(need)]))
}

/** The data versions that what each of the host's partitions is made from has now: asked for together. */
export async function inputVersionsOfEach(host: StepHost, asset: AnyAsset): Promise<ReadonlyMap<string, InputVersions>> {
  const shared = upstreamNeeds(host, asset)
  const needs = host.partitionKeys.map((key) => upstreamNeeds({ ...host, partitionKeys: [key] }, asset, shared))
  const versions = await versionsOf(host, [...new Set(needs.flat())])
  const entries = needs.map((each) => Object.fromEntries(each.map((need) => [need.key, versions(need)])))
  return new Map(host.partitionKeys.map((key, index) => [key, entries[index] ?? {}]))
}

interface UpstreamNeed {
  readonly key: AssetKey
  readonly isCombined: boolean
  /** Whether it is the same of each partition. */
  readonly isShared: boolean
  readonly data: readonly VersionedData[]
}

/** @param shared - of another partition of the same asset, those that are the same being taken from there */
function upstreamNeeds(host: StepHost, asset: AnyAsset, shared: readonly UpstreamNeed[] = []): readonly UpstreamNeed[] {
  return asset.upstreamKeys.map((key, index) => (shared[index]?.isShared ? shared[index] : upstreamNeed(host, asset, key)))
}

function upstreamNeed(host: StepHost, asset: AnyAsset, key: AssetKey): UpstreamNeed {
  const upstream = assetByKey(host.definitions, key)
  if (upstream?.partitions === undefined) return { key, isCombined: false, isShared: true, data: [{ assetKey: key, partitionKey: null }] }
  const loaded = Object.values(asset.inputs).some((input) => input.asset.key === key)
  const mapping = asset.partitionMappings[key]?.spec
  const { gives, partitionKeys } = neededData(host, { asset: upstream, mapping, loaded })
  const data = partitionKeys.map((partitionKey) => ({ assetKey: key, partitionKey }))
  return { key, isCombined: gives === 'many', isShared: isSameForAll(mapping), data }
}

async function versionsOf(host: StepHost, needs: readonly UpstreamNeed[]): Promise<(need: UpstreamNeed) => string | null> {
  const data = [...new Map(needs.flatMap((need) => need.data.map((each) => [nameOfData(each), each] as const))).values()]
  const found = await host.dataVersions(data)
  const byName = new Map(data.map((each, index) => [nameOfData(each), found[index] ?? null]))
  const versionOf = (each: VersionedData): string | null => byName.get(nameOfData(each)) ?? null
  const known = new Map(needs.map((need) => [need, needVersion(need, versionOf)]))
  return (need) => known.get(need) ?? null
}

function needVersion({ isCombined, data }: UpstreamNeed, versionOf: (data: VersionedData) => string | null): string | null {
  const [first] = data
  if (isCombined) return combinedDataVersion(data.map((each) => [each.partitionKey ?? '', versionOf(each)]))
  return first === undefined ? null : versionOf(first)
}
