import { createHash } from 'node:crypto'
import type { AnyAsset } from '../definitions/asset.ts'
import type { AssetKey } from '../definitions/asset-key.ts'
import { codeVersionOf } from './code-version.ts'

/** Hexadecimal digits of a derived version: 128 bits, by which no two data meet. */
const digits = 32

/** One version of several partitions: another one where any of them, or which they are, has changed. Null where none has a version. */
export function combinedDataVersion(versions: readonly (readonly [partitionKey: string, version: string | null])[]): string | null {
  if (versions.every(([, version]) => version === null)) return null
  return createHash('sha256').update(JSON.stringify(versions)).digest('hex').slice(0, digits)
}

/**
 * The version of data whose function names none: made by the same code from the same inputs, it counts as the same. What is
 * made from nothing upstream comes from outside, where it may have changed without anybody saying so: unless the asset
 * declares its code version, each run has a version of its own.
 */
export function derivedDataVersion(runId: string, asset: AnyAsset, inputVersions: Readonly<Record<AssetKey, string | null>>): string {
  const inputs = Object.entries(inputVersions).sort(([one], [other]) => (one < other ? -1 : 1))
  const isFromOutside = inputs.length === 0 && asset.codeVersion === undefined
  return createHash('sha256')
    .update(JSON.stringify([codeVersionOf(asset), inputs, ...(isFromOutside ? [runId] : [])]))
    .digest('hex')
    .slice(0, digits)
}
