import { AssetryError, type ErrorCode } from '../definitions/errors.ts'

/** Characters of an id that lists show: enough to tell those of a project apart. */
const shownCharacters = 8

/** Fewest characters that stand for an id. */
const fewestCharacters = 4

/** Newest entries among which the beginning of an id is looked for. */
export const searchedEntries = 500

/** An id as lists show it. It can be given wherever an id can. */
export function shortId(id: string): string {
  return id.slice(0, shownCharacters)
}

/** What kind of thing an id is of. */
export interface IdKind {
  readonly noun: string
  readonly unknown: ErrorCode
}

/**
 * The whole id of what was named by its id or the beginning of it.
 *
 * @param known - ids to look among
 * @throws `kind.unknown` where none or more than one begins so
 */
export async function wholeId(given: string, kind: IdKind, known: () => Promise<readonly string[]>): Promise<string> {
  if (given.length >= 36) return given
  if (given.length < fewestCharacters) throw unknown(given, kind, `Give at least ${fewestCharacters} characters of its id.`)
  const [only, ...others] = (await known()).filter((id) => id.startsWith(given))
  if (only === undefined) throw unknown(given, kind, `"assetry ${kind.noun} list" shows which there are.`)
  if (others.length > 0) throw unknown(given, kind, `${others.length + 1} ${kind.noun}s begin so; give more of its id.`)
  return only
}

function unknown(given: string, { noun, unknown: code }: IdKind, advice: string): AssetryError {
  return new AssetryError(code, `No ${noun} is known by "${given}". ${advice}`, { facts: { [`${noun}Id`]: given } })
}
