import { distance } from 'fastest-levenshtein'

/** Most names a suggestion holds. More is a list to read instead of a hint. */
const mostSuggested = 3

/** Share of a name that may differ. At a third, `orders` still finds `order` and `odrers`, and no longer `others`. */
const toleratedShare = 1 / 3

/** The names in `known` that look like a slip of `name`, nearest first; three at most. */
export function nearestNames(name: string, known: Iterable<string>): readonly string[] {
  const tolerated = Math.max(1, Math.floor(name.length * toleratedShare))
  return Array.from(known, (candidate) => ({ candidate, away: slips(name, candidate) }))
    .filter(({ away }) => away <= tolerated && away < name.length)
    .sort((one, other) => one.away - other.away)
    .slice(0, mostSuggested)
    .map(({ candidate }) => candidate)
}

/** What to add to a sentence about an unknown name: ` Did you mean "orders"?`, with the space before it, or nothing. */
export function nearestText(name: string, known: Iterable<string>): string {
  const nearest = nearestNames(name, known)
  return nearest.length === 0 ? '' : ` Did you mean ${listed(nearest, 'or')}?`
}

/**
 * A sentence that helps where `name` is not among `known`: `Did you mean "orders"?`, or where nothing is near, what there is.
 *
 * @param what - what the names are, in the plural: `assets`
 */
export function didYouMean(name: string, what: string, known: Iterable<string>): string {
  const names = [...known]
  const all = names.length === 0 ? `There are no ${what}.` : `The ${what} are ${listed(names, 'and')}.`
  return nearestText(name, names).trimStart() || all
}

/** Names a sentence lists before it says how many more there are. */
const mostListed = 10

/** Names in quotes as a sentence has them: `"a", "b" and "c"`; of many, the first ten and how many more. */
export function listed(names: readonly string[], joint: 'and' | 'or'): string {
  const shown = names.slice(0, mostListed).map((name) => JSON.stringify(name))
  const more = names.length - shown.length
  if (more > 0) shown.push(`${more} more`)
  return shown.length < 2 ? shown.join('') : `${shown.slice(0, -1).join(', ')} ${joint} ${shown.at(-1)}`
}

/** How many slips apart two names are: letters' case is none, a missing or additional prefix such as `raw/` or `outer.` is half a one. */
function slips(name: string, candidate: string): number {
  const [one, other] = [name.toLowerCase(), candidate.toLowerCase()]
  const isPrefixed = ['/', '.'].some((joint) => one.endsWith(joint + other) || other.endsWith(joint + one))
  return isPrefixed ? 0.5 : distance(one, other)
}
