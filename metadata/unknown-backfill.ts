import { AssetryError } from '../definitions/errors.ts'

/** The refusal to write to a backfill that the store doesn't know. */
export function unknownBackfill(backfillId: string): AssetryError {
  return new AssetryError('UNKNOWN_BACKFILL', `There is no backfill "${backfillId}".`, { facts: { backfillId } })
}
