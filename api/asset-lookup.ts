import { z } from 'zod'
import { AssetryError, isAssetryError } from '../definitions/errors.ts'
import { didYouMean } from '../definitions/nearest.ts'
import type { AssetSnapshot, CheckSnapshot } from '../planning/snapshot.ts'
import { assetOf, type Catalog, type Located } from './catalog.ts'
import { notFound } from './error-response.ts'

/** The key of an asset as a part of a path. */
export const assetParams = z.object({
  key: z.string().meta({ description: "The asset's key; `/` in it is written `%2F`.", examples: ['raw%2Forders'] }),
})

/** The asset that a path names. @throws 404 `UNKNOWN_ASSET` with the nearest keys */
export function assetOfPath(catalog: Catalog, key: string): Located<AssetSnapshot> {
  try {
    return assetOf(catalog, key)
  } catch (error) {
    throw isAssetryError(error) ? notFound(error) : error
  }
}

/** A check that an asset declares. @throws `UNKNOWN_CHECK` with the nearest names */
export function checkOf(asset: AssetSnapshot, name: string): CheckSnapshot {
  const check = asset.checks.find((each) => each.name === name)
  if (check !== undefined) return check
  const names = asset.checks.map((each) => each.name)
  throw new AssetryError(
    'UNKNOWN_CHECK',
    `Asset ${JSON.stringify(asset.key)} declares no check ${JSON.stringify(name)}. ${didYouMean(name, 'checks', names)}`,
    { facts: { key: asset.key, name } },
  )
}
