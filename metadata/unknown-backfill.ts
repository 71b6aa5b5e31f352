import { AssetryError } from '../definitions/errors.ts'

/** The refusal of a backfill that the store doesn't know. */
export function unknownBackfill(backfillId: string): AssetryError {
  return new AssetryError(
    'UNKNOWN_BACKFILL',
    `There is no backfill ${JSON.stringify(backfillId)}. List them with "assetry backfill list" or GET /api/v1/backfills.`,
    { facts: { backfillId } },
  )
}
