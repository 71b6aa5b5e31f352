import type { Client } from '../client/index.ts'
import { searchedEntries, shortId, wholeId } from './id-prefix.ts'

/** A run's id as lists show it. It can be given wherever an id can. */
export function shortRunId(runId: string): string {
  return shortId(runId)
}

/**
 * The whole id of a run that was named by its id or the beginning of it, among the newest 500 runs.
 *
 * @throws `UNKNOWN_RUN` where no run or more than one begins so
 */
export function wholeRunId(client: Client, given: string): Promise<string> {
  return wholeId(given, { noun: 'run', unknown: 'UNKNOWN_RUN' }, async () => {
    const { items } = await client.runs.list({ limit: searchedEntries })
    return items.map(({ runId }) => runId)
  })
}
