import type { Client } from '../client/index.ts'
import { searchedEntries, shortId, wholeId } from './id-prefix.ts'

/** A backfill's id as lists show it. It can be given wherever an id can. */
export function shortBackfillId(backfillId: string): string {
  return shortId(backfillId)
}

/**
 * The whole id of a backfill that was named by its id or the beginning of it, among the newest 500.
 *
 * @throws `UNKNOWN_BACKFILL` where none or more than one begins so
 */
export function wholeBackfillId(client: Client, given: string): Promise<string> {
  return wholeId(given, { noun: 'backfill', unknown: 'UNKNOWN_BACKFILL' }, async () => {
    const { items } = await client.backfills.list({ limit: searchedEntries })
    return items.map(({ backfillId }) => backfillId)
  })
}
