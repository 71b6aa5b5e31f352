import type { AssetKey } from '../definitions/asset-key.ts'
import { AssetryError } from '../definitions/errors.ts'
import { didYouMean } from '../definitions/nearest.ts'
import { dynamicNames } from '../definitions/partitions/dynamic-keys.ts'
import { unknownPartition } from '../definitions/partitions/partition-unknown.ts'
import type { MetadataStore } from '../metadata/metadata-store.ts'
import type { Catalog } from './catalog.ts'
import type { DynamicPartitions } from './contract/dynamic-partitions.ts'
import { notFound } from './error-response.ts'

/** All dynamic partitions, in the order of their names: those that assets have, and those that keys were added to. */
export async function allDynamicPartitions(store: MetadataStore, catalog: Catalog): Promise<readonly DynamicPartitions[]> {
  const counts = new Map((await store.dynamicPartitions.names()).map(({ name, count }) => [name, count]))
  const assetKeys = assetsByName(catalog)
  return [...new Set([...counts.keys(), ...assetKeys.keys()])]
    .sort()
    .map((name) => ({ name, count: counts.get(name) ?? 0, assetKeys: [...(assetKeys.get(name) ?? [])] }))
}

/** Makes sure that there are such partitions. @throws 404 `DYNAMIC_PARTITIONS_UNKNOWN` with the nearest names */
export async function requireDynamicPartitions(store: MetadataStore, catalog: Catalog, name: string): Promise<void> {
  const names = (await allDynamicPartitions(store, catalog)).map((each) => each.name)
  if (names.includes(name)) return
  throw notFound(
    new AssetryError(
      'DYNAMIC_PARTITIONS_UNKNOWN',
      `No asset has dynamic partitions ${JSON.stringify(name)}, and no key was added to them. ${didYouMean(name, 'dynamic partitions', names)}`,
      { facts: { name } },
    ),
  )
}

/** Makes sure that there is such a key. @throws 404 `PARTITION_UNKNOWN` with the nearest keys */
export async function requireDynamicKey(store: MetadataStore, name: string, key: string): Promise<void> {
  const dynamicKeys = await store.dynamicPartitions.keysOf([name])
  if (dynamicKeys.get(name)?.includes(key) === true) return
  throw notFound(unknownPartition({ kind: 'dynamic', name }, key, { now: new Date(), dynamicKeys }))
}

function assetsByName({ assets }: Catalog): ReadonlyMap<string, readonly AssetKey[]> {
  const byName = new Map<string, AssetKey[]>()
  for (const { key, partitions } of assets.values()) {
    for (const name of partitions ? dynamicNames([partitions]) : []) byName.set(name, [...(byName.get(name) ?? []), key])
  }
  return byName
}
