/** How far a traversal goes: a number of steps, or to the end of the graph. */
export type SelectionDepth = number | 'all'

/**
 * A selection as plain data. Patterns may hold `*` for any run of characters; a key pattern without one names an asset,
 * which must exist.
 */
export type SelectionNode =
  | { readonly type: 'all' }
  | { readonly type: 'key'; readonly pattern: string }
  | { readonly type: 'group' | 'kind' | 'owner'; readonly pattern: string }
  /** `value` null: the tag with any value. */
  | { readonly type: 'tag'; readonly key: string; readonly value: string | null }
  /** No pattern: the statuses are few and known. */
  | { readonly type: 'status'; readonly status: SelectionStatus }
  /** What `operand` selects and, from there, what lies upstream, downstream or both. */
  | {
      readonly type: 'traverse'
      readonly operand: SelectionNode
      readonly upstream?: SelectionDepth
      readonly downstream?: SelectionDepth
    }
  | { readonly type: 'not'; readonly operand: SelectionNode }
  | { readonly type: 'and' | 'or'; readonly operands: readonly SelectionNode[] }

/** What may stand before a colon: `group:reports`. */
export const selectionAttributes = ['key', 'group', 'tag', 'kind', 'owner', 'status'] as const

/** A word before a colon that means something. */
export type SelectionAttribute = (typeof selectionAttributes)[number]

/** What may stand after `status:`, in any case. */
export const selectionStatuses = ['stale', 'missing', 'fresh', 'failed', 'materialized'] as const

/**
 * How an asset stands: `stale`, `missing` or `fresh` by its versions, where a run can make it; `materialized` or `failed` by
 * how its newest step came out.
 */
export type SelectionStatus = (typeof selectionStatuses)[number]

/** The status of that name, in any case; undefined where there is none. */
export function selectionStatus(name: string): SelectionStatus | undefined {
  return selectionStatuses.find((status) => status === name.toLowerCase())
}

/** Characters of a key that needs no quotes; a regular expression's character class. */
export const wordCharacters = 'A-Za-z0-9_./*\\-'

/** Characters of an attribute's value that needs no quotes: those of a word, and those of `owner:team:data` and `owner:a@b.c`. */
export const valueCharacters = `${wordCharacters}@:`

/** Words that join selections, in any case. An asset of such a name needs quotes. */
export const selectionOperators = ['and', 'or', 'not'] as const

/** Deepest nesting of parentheses, `not` and traversals. More is no selection that a person wrote, and would exhaust the stack. */
export const maximumSelectionNesting = 100

/** The selection of a key or pattern; `*` alone is everything. */
export function keyNode(pattern: string): SelectionNode {
  return pattern === '*' ? { type: 'all' } : { type: 'key', pattern }
}

/** Joins nodes, without nesting an `and` in an `and`: `a and (b and c)` is `a and b and c`. */
export function joinedNode(type: 'and' | 'or', operands: readonly SelectionNode[]): SelectionNode {
  const flat = operands.flatMap((operand) => (operand.type === type ? operand.operands : [operand]))
  return flat.length === 1 ? (flat[0] as SelectionNode) : { type, operands: flat }
}
