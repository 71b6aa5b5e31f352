import { AssetryError } from '../definitions/errors.ts'
import type { StoredValue } from '../definitions/io-manager.ts'

/** The error for a value that was never saved. */
export function valueNotFound(value: StoredValue, where: string): AssetryError {
  const partition = value.partitionKey === undefined ? '' : `, partition "${value.partitionKey}"`
  return new AssetryError(
    'VALUE_NOT_FOUND',
    `Asset "${value.assetKey}"${partition} has no stored value (looked at ${where}). Materialize it first, or select it together with what reads it.`,
    { facts: { assetKey: value.assetKey, partitionKey: value.partitionKey, where } },
  )
}
