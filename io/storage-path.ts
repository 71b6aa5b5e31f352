import { createHash } from 'node:crypto'
import { keyParts } from '../definitions/asset-key.ts'
import { AssetryError } from '../definitions/errors.ts'
import type { StoredValue } from '../definitions/io-manager.ts'

/** Longest file name made of a partition key as it is. Most file systems allow 255 bytes a name; room is left for a temporary suffix. */
const longestName = 180

/**
 * The place of a value below the folder or prefix of its IO manager, in parts: those of its key, then `@value.v8`, or
 * `<partition>.v8`.
 *
 * @param extensions - all that values of this IO manager may have
 * @throws `STORAGE_PATH_REFUSED` where a part of the key ends with one of them, which could make a folder stand where a file must
 */
export function storageName(value: StoredValue, extension: string, extensions: readonly string[]): readonly string[] {
  const parts = keyParts(value.assetKey)
  for (const each of extensions) {
    if (parts.some((part) => part.endsWith(each))) throw storagePathRefused(value, `a part of the key ends with "${each}"`)
  }
  const name = value.partitionKey === undefined ? '@value' : partitionFileName(value.partitionKey)
  return [...parts, `${name}${extension}`]
}

/** A partition key as a file name: what is not a letter, digit, "_", "-" or "." is escaped, and what is too long ends with a hash. */
function partitionFileName(key: string): string {
  const escaped = encodeURIComponent(key).replace(/[!'()*~]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)
  if (escaped.length <= longestName) return escaped
  return `${escaped.slice(0, longestName - 33)}%${createHash('sha256').update(key).digest('hex').slice(0, 32)}`
}

/** The error for a value whose place can't be made of its key. */
export function storagePathRefused(value: StoredValue, why: string): AssetryError {
  return new AssetryError('STORAGE_PATH_REFUSED', `Asset "${value.assetKey}" can't be stored in a file: ${why}. Rename the asset.`, {
    facts: { assetKey: value.assetKey, partitionKey: value.partitionKey },
  })
}
