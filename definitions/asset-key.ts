import { AssetryError } from './errors.ts'

/**
 * The name of an asset: parts joined by `/`, as in `raw/orders`.
 *
 * A part is made of letters, digits, `_`, `-` and `.`, and does not begin with a dot: it becomes a folder's name in
 * storage, a word of the selection language and a piece of a URL, and must mean the same in all of them.
 */
export type AssetKey = string

const part = /^[A-Za-z0-9_-][A-Za-z0-9_.-]*$/

/** Longest key, in characters. Temporal cuts a keyword at 255 on PostgreSQL, and a path has the same limit a part. */
export const maximumKeyLength = 255

/**
 * Returns `key` as it was given, once it is known to be one.
 *
 * @throws `INVALID_ASSET_KEY` naming the part that is wrong
 */
export function assetKey<const TKey>(key: TKey): TKey & AssetKey {
  if (typeof key !== 'string' || key === '') throw refused(key, 'it is empty')
  if (key.length > maximumKeyLength) throw refused(key, `it has ${key.length} characters, more than ${maximumKeyLength}`)
  for (const piece of key.split('/')) {
    if (piece === '') throw refused(key, 'it has an empty part')
    if (!part.test(piece)) throw refused(key, `its part ${JSON.stringify(piece)} has a character that is not allowed`)
  }
  return key
}

/** The parts of a key: `raw/orders` is `['raw', 'orders']`. */
export function keyParts(key: AssetKey): readonly string[] {
  return key.split('/')
}

/** The last part of a key: of `raw/orders` it is `orders`. What a check calls the value of its asset. */
export type LastKeyPart<TKey extends string> = TKey extends `${string}/${infer TRest}` ? LastKeyPart<TRest> : TKey

/** {@link LastKeyPart} of a key. */
export function lastKeyPart(key: AssetKey): string {
  return key.slice(key.lastIndexOf('/') + 1)
}

function refused(key: unknown, why: string): AssetryError {
  return new AssetryError(
    'INVALID_ASSET_KEY',
    `${JSON.stringify(key)} can't be an asset key: ${why}. ` +
      `Use parts of letters, digits, "_", "-" and "." joined by "/", such as "raw/orders".`,
    { facts: { key } },
  )
}
