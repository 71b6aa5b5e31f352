import { createHash } from 'node:crypto'
import type { AssetKey } from '../definitions/asset-key.ts'

/** Hexadecimal digits of a derived version: 128 bits, by which no two data meet. */
const digits = 32

/** The version of data whose function names none: made by the same code from the same inputs, it counts as the same. */
export function derivedDataVersion(codeVersion: string, inputVersions: Readonly<Record<AssetKey, string | null>>): string {
  const inputs = Object.entries(inputVersions).sort(([one], [other]) => (one < other ? -1 : 1))
  return createHash('sha256')
    .update(JSON.stringify([codeVersion, inputs]))
    .digest('hex')
    .slice(0, digits)
}
