import { createHash } from 'node:crypto'
import { join, relative, resolve, sep } from 'node:path'
import { keyParts } from '../definitions/asset-key.ts'
import { AssetryError } from '../definitions/errors.ts'
import type { StoredValue } from '../definitions/io-manager.ts'

/** Longest file name made of a partition key as it is. Most file systems allow 255 bytes a name; room is left for a temporary suffix. */
const longestName = 180

/**
 * The file of a value below `folder`: `<key parts>/@value.v8`, or `<key parts>/<partition>.v8`.
 *
 * @throws `STORAGE_PATH_REFUSED` where a part of the key ends with the extension, which could make a folder stand where a file must
 */
export function storagePath(folder: string, value: StoredValue, extension: string): string {
  const parts = keyParts(value.assetKey)
  if (parts.some((part) => part.endsWith(extension))) throw refused(value, `a part of the key ends with "${extension}"`)
  const name = value.partitionKey === undefined ? '@value' : partitionFileName(value.partitionKey)
  const path = join(folder, ...parts, `${name}${extension}`)
  const inside = relative(resolve(folder), resolve(path))
  if (inside.startsWith('..') || inside.split(sep).includes('..')) throw refused(value, 'it would leave the storage folder')
  return path
}

/** A partition key as a file name: what is not a letter, digit, "_", "-" or "." is escaped, and what is too long ends with a hash. */
function partitionFileName(key: string): string {
  const escaped = encodeURIComponent(key).replace(/[!'()*~]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)
  if (escaped.length <= longestName) return escaped
  return `${escaped.slice(0, longestName - 33)}%${createHash('sha256').update(key).digest('hex').slice(0, 32)}`
}

function refused(value: StoredValue, why: string): AssetryError {
  return new AssetryError('STORAGE_PATH_REFUSED', `Asset "${value.assetKey}" can't be stored in a file: ${why}. Rename the asset.`, {
    facts: { assetKey: value.assetKey, partitionKey: value.partitionKey },
  })
}
