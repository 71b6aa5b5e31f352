import { AssetryError } from './errors.ts'
import { nearestText } from './nearest.ts'
import {
  joinedNode,
  keyNode,
  maximumSelectionNesting,
  type SelectionAttribute,
  selectionAttributes,
  type SelectionDepth,
  type SelectionNode,
  selectionStatus,
  selectionStatuses,
  valueCharacters,
  wordCharacters,
} from './selection-syntax.ts'

const anAsset = 'an asset key, an attribute such as group:reports, "*", "not" or "("'
const aJoin = '"and", "or" or the end'

const pattern = {
  space: /\s*/y,
  operator: (word: string) => new RegExp(`${word}(?![${valueCharacters}])`, 'iy'),
  anyOperator: new RegExp(`(?:and|or|not)(?![${valueCharacters}])`, 'iy'),
  /** `2+` counts as a depth only where an operand touches it; else it is what follows an asset named 2. */
  upstreamDepth: new RegExp(`(\\d+)\\+(?=[${wordCharacters}"(])`, 'y'),
  upstream: /\+/y,
  downstream: new RegExp(`\\+(\\d+(?![${valueCharacters}]))?`, 'y'),
  attribute: /([A-Za-z_]+):/y,
  word: new RegExp(`[${wordCharacters}]+`, 'y'),
  value: new RegExp(`[${valueCharacters}]+`, 'y'),
  quoted: /"((?:[^"\\]|\\.)*)"/sy,
  open: /\(/y,
  close: /\)/y,
  equals: /=/y,
}

const and = pattern.operator('and')
const or = pattern.operator('or')
const not = pattern.operator('not')

/**
 * Reads a text of the selection language.
 *
 * ```
 * or       = and { "or" and }
 * and      = not { "and" not }
 * not      = "not" not | traverse
 * traverse = [ [ depth ] "+" ] operand [ "+" [ depth ] ]
 * operand  = "*" | key | attribute ":" value | "tag" ":" name [ "=" value ] | "status" ":" status | "(" or ")"
 * status   = "stale" | "missing" | "fresh" | "failed" | "materialized"
 * ```
 *
 * @throws `SELECTION_SYNTAX` with the text, a mark under the place and what was expected there
 */
export function parseSelectionNode(text: string): SelectionNode {
  return new SelectionParser(text).parse()
}

class SelectionParser {
  readonly #text: string
  #at = 0
  #nesting = 0

  constructor(text: string) {
    this.#text = text
  }

  parse(): SelectionNode {
    this.#take(pattern.space)
    const node = this.#or()
    if (this.#at < this.#text.length) throw this.#expected(aJoin)
    return node
  }

  #or(): SelectionNode {
    return this.#joined('or', or, () => this.#joined('and', and, () => this.#not()))
  }

  #joined(type: 'and' | 'or', operator: RegExp, operand: () => SelectionNode): SelectionNode {
    const operands = [operand()]
    while (this.#takeToken(operator) !== undefined) operands.push(operand())
    return joinedNode(type, operands)
  }

  #not(): SelectionNode {
    if (this.#takeToken(not) === undefined) return this.#traverse()
    return this.#nested(() => ({ type: 'not', operand: this.#not() }))
  }

  #traverse(): SelectionNode {
    const upstream = this.#upstream()
    const operand = this.#operand()
    const downstream = this.#downstream()
    if (upstream === undefined && downstream === undefined) return operand
    return { type: 'traverse', operand, ...(upstream && { upstream }), ...(downstream && { downstream }) }
  }

  #upstream(): SelectionDepth | undefined {
    const start = this.#at
    const withDepth = this.#takeToken(pattern.upstreamDepth)
    if (withDepth !== undefined) return this.#depth(withDepth[1] as string, start)
    return this.#takeToken(pattern.upstream) && 'all'
  }

  #downstream(): SelectionDepth | undefined {
    const start = this.#at + 1
    const found = this.#takeToken(pattern.downstream)
    if (found === undefined) return undefined
    return found[1] === undefined ? 'all' : this.#depth(found[1], start)
  }

  #depth(digits: string, at: number): number {
    const depth = Number(digits)
    if (depth >= 1 && Number.isSafeInteger(depth)) return depth
    this.#at = at
    throw this.#expected('a depth of 1 or more')
  }

  #operand(): SelectionNode {
    if (this.#takeToken(pattern.open) !== undefined) return this.#parenthesised()
    const start = this.#at
    const attribute = this.#take(pattern.attribute)
    if (attribute !== undefined) return this.#attribute(attribute[1] as string, start)
    if (this.#next(pattern.anyOperator)) throw this.#expected(anAsset)
    return keyNode(this.#required(pattern.word, anAsset))
  }

  #parenthesised(): SelectionNode {
    return this.#nested(() => {
      const node = this.#or()
      if (this.#takeToken(pattern.close) === undefined) throw this.#expected('"and", "or" or ")"')
      return node
    })
  }

  #attribute(name: string, start: number): SelectionNode {
    if (!isAttribute(name)) {
      this.#at = start
      throw this.#expected(`one of ${selectionAttributes.map((each) => `${each}:`).join(', ')}`, nearestText(name, selectionAttributes))
    }
    if (name === 'tag') return this.#tag()
    if (name === 'status') return this.#status()
    const value = this.#required(pattern.value, `a value after ${name}:`)
    return name === 'key' ? keyNode(value) : { type: name, pattern: value }
  }

  #tag(): SelectionNode {
    const key = this.#requiredHere(pattern.word, 'the name of a tag')
    if (this.#take(pattern.equals) === undefined) {
      this.#take(pattern.space)
      return { type: 'tag', key, value: null }
    }
    return { type: 'tag', key, value: this.#required(pattern.value, `a value of tag ${key}, or ""`) }
  }

  #status(): SelectionNode {
    const start = this.#at
    const value = this.#required(pattern.value, 'a status such as stale')
    const status = selectionStatus(value)
    if (status !== undefined) return { type: 'status', status }
    this.#at = this.#text[start] === '"' ? start + 1 : start
    throw this.#expected(`one of ${selectionStatuses.join(', ')}`, nearestText(value, selectionStatuses))
  }

  #nested(inner: () => SelectionNode): SelectionNode {
    this.#nesting += 1
    if (this.#nesting > maximumSelectionNesting) throw this.#expected(`no more than ${maximumSelectionNesting} levels of "(" and "not"`)
    const node = inner()
    this.#nesting -= 1
    return node
  }

  /** A word, bare or in quotes, and the space after it. */
  #required(bare: RegExp, expected: string): string {
    const found = this.#requiredHere(bare, expected)
    this.#take(pattern.space)
    return found
  }

  #requiredHere(bare: RegExp, expected: string): string {
    const quoted = this.#take(pattern.quoted)
    if (quoted !== undefined) return (quoted[1] as string).replace(/\\(.)/gs, '$1')
    if (this.#text[this.#at] === '"') throw this.#unclosedQuote()
    const found = this.#take(bare)
    if (found === undefined) throw this.#expected(expected)
    return found[0]
  }

  #unclosedQuote(): AssetryError {
    this.#at = this.#text.length
    return this.#expected('a closing quote')
  }

  #takeToken(token: RegExp): RegExpExecArray | undefined {
    const found = this.#take(token)
    if (found !== undefined) this.#take(pattern.space)
    return found
  }

  #take(token: RegExp): RegExpExecArray | undefined {
    token.lastIndex = this.#at
    const found = token.exec(this.#text)
    if (found === null) return undefined
    this.#at = token.lastIndex
    return found
  }

  #next(token: RegExp): boolean {
    token.lastIndex = this.#at
    return token.test(this.#text)
  }

  #expected(what: string, hint = ''): AssetryError {
    return syntaxError(this.#text, this.#at, what, hint)
  }
}

function isAttribute(name: string): name is SelectionAttribute {
  return (selectionAttributes as readonly string[]).includes(name)
}

function syntaxError(text: string, at: number, expected: string, hint: string): AssetryError {
  const joining = /[,|&]/.test(text[at] ?? '') ? ' Join selections with "or", "and" and "not".' : ''
  const where = text.trim() === '' ? 'The selection is empty' : `The selection can't be read at character ${at + 1}`
  return new AssetryError(
    'SELECTION_SYNTAX',
    `${where}: expected ${expected}, found ${foundAt(text, at)}.${hint}${joining}${text.trim() === '' ? '' : `\n${marked(text, at)}`}`,
    { facts: { selection: text, position: at, expected } },
  )
}

/** What stands at a place: a word, or else one character. */
function foundAt(text: string, at: number): string {
  if (at >= text.length) return 'the end'
  const word = new RegExp(`^[${valueCharacters}]{1,40}`).exec(text.slice(at))
  return `"${word?.[0] ?? String.fromCodePoint(text.codePointAt(at) as number)}"`
}

/** Characters shown on either side of a mistake; two of them fit a line of a terminal. */
const shownAround = 50

/** The text around a place, on one line, with a caret below the place. */
function marked(text: string, at: number): string {
  const from = Math.max(0, at - shownAround)
  const cut = { before: from > 0 ? '…' : '', after: at + shownAround < text.length ? '…' : '' }
  const line = text.slice(from, at + shownAround).replace(/\s/g, ' ')
  return `  ${cut.before}${line}${cut.after}\n  ${' '.repeat(cut.before.length + at - from)}^`
}
