import type { Client } from '../client/index.ts'
import { AssetryError } from '../definitions/errors.ts'

/** Characters of a run's id that lists show: enough to tell the runs of a project apart. */
const shownCharacters = 8

/** Fewest characters that stand for a run. */
const fewestCharacters = 4

const searchedRuns = 500

/** A run's id as lists show it. It can be given wherever an id can. */
export function shortRunId(runId: string): string {
  return runId.slice(0, shownCharacters)
}

/**
 * The whole id of a run that was named by its id or the beginning of it, among the newest 500 runs.
 *
 * @throws `UNKNOWN_RUN` where no run or more than one begins so
 */
export async function wholeRunId(client: Client, given: string): Promise<string> {
  if (given.length >= 36) return given
  if (given.length < fewestCharacters) throw unknown(given, `Give at least ${fewestCharacters} characters of its id.`)
  const { items } = await client.runs.list({ limit: searchedRuns })
  const found = items.filter((run) => run.runId.startsWith(given))
  if (found.length === 1 && found[0] !== undefined) return found[0].runId
  if (found.length > 1) throw unknown(given, `${found.length} runs begin so; give more of its id.`)
  throw unknown(given, `"assetry run list" shows which there are.`)
}

function unknown(given: string, advice: string): AssetryError {
  return new AssetryError('UNKNOWN_RUN', `No run is known by "${given}". ${advice}`, { facts: { runId: given } })
}
