import type { PGlite } from '@electric-sql/pglite'
import { wireMessage } from './wire-welcome.ts'

/** What carries a group of messages out; a PGlite does. */
type Engine = Pick<PGlite, 'execProtocolRawSync' | 'isInTransaction'>

/** Statements that are kept at most. What the store's clients send has fewer texts, but for lists of any length in them. */
const keptStatements = 100

/** The answers to a Parse message, and to one that failed. */
const parseComplete = wireMessage('1', '')
const [parsed, failed] = ['1', 'E'].map((letter) => letter.charCodeAt(0))

/**
 * Carries out what clients send, and keeps the statements prepared that they send as unnamed ones, each time anew: a plan
 * is made once a statement instead of once a call. Clients see no difference.
 *
 * Measured in November 2026, for the record of a step as it comes in a run, with the processor's caches full of other
 * things: 0.65 ms in the engine instead of 0.72.
 */
export class WireStatements {
  readonly #engine: Engine
  /** Text → name, the one that was used last at the end. */
  readonly #names = new Map<string, string>()
  #count = 0

  constructor(engine: Engine) {
    this.#engine = engine
  }

  /** The answer to a group of messages. */
  carryOut(group: Buffer): Uint8Array {
    const unnamed = unnamedSelect(group)
    if (unnamed === undefined) return this.#engine.execProtocolRawSync(group)
    const known = this.#names.get(unnamed.text)
    return known === undefined ? this.#prepare(unnamed) : this.#repeat(unnamed, known, group)
  }

  #prepare(statement: UnnamedSelect): Uint8Array {
    const name = `assetry_${(this.#count += 1)}`
    const parse = wireMessage('P', Buffer.concat([Buffer.from(`${name}\0`), statement.text8, noParameterTypes]))
    const answer = this.#engine.execProtocolRawSync(Buffer.concat([parse, boundTo(name, statement)]))
    if (answer[0] === parsed) this.#keep(statement.text, name)
    return answer
  }

  #repeat(statement: UnnamedSelect, name: string, group: Buffer): Uint8Array {
    const answer = this.#engine.execProtocolRawSync(boundTo(name, statement))
    if (answer[0] !== failed) {
      this.#names.delete(statement.text)
      this.#names.set(statement.text, name)
      return Buffer.concat([parseComplete, answer])
    }
    // Nothing has been carried out. Where a table has changed since, the statement as it came finds its new columns;
    // whatever else is wrong, it says so. A transaction is over with its first error, though.
    this.#forget(statement.text, name)
    return this.#engine.isInTransaction() ? answer : this.#engine.execProtocolRawSync(group)
  }

  #keep(text: string, name: string): void {
    this.#names.set(text, name)
    const [oldest] = this.#names
    if (this.#names.size > keptStatements && oldest !== undefined) this.#forget(...oldest)
  }

  #forget(text: string, name: string): void {
    this.#names.delete(text)
    this.#engine.execProtocolRawSync(Buffer.concat([wireMessage('C', `S${name}\0`), wireMessage('S', '')]))
  }
}

interface UnnamedSelect {
  /** Each byte a character. */
  readonly text: string
  /** The text as it came, with the zero at its end. */
  readonly text8: Buffer
  /** What a Bind message says after the names of portal and statement. */
  readonly values: Buffer
  /** The messages after Bind. */
  readonly rest: Buffer
}

const noParameterTypes = Buffer.alloc(2)
/** A query, and not what opens a transaction or changes tables. */
const query = /^select\s/i
/** The messages of a group that uses its statement once: Parse, Bind, Describe (of the portal), Execute, Sync. */
const usedOnce = /^PBD?ES$/

/** What a group asks for, where that is one query by a statement and a portal without names, of parameters without types. */
function unnamedSelect(group: Buffer): UnnamedSelect | undefined {
  if (group[0] !== 'P'.charCodeAt(0)) return undefined
  const messages = messagesOf(group)
  const [parse, bind, describe] = messages
  if (parse === undefined || bind === undefined || !usedOnce.test(messages.map(({ letter }) => letter).join(''))) return undefined
  if (describe?.letter === 'D' && describe.body[0] !== 'P'.charCodeAt(0)) return undefined
  const end = parse.body.indexOf(0, 1)
  const isUnnamed = parse.body[0] === 0 && bind.body[0] === 0 && bind.body[1] === 0
  const text8 = parse.body.subarray(1, end + 1)
  const text = text8.subarray(0, -1).toString('latin1')
  if (!isUnnamed || !parse.body.subarray(end + 1).equals(noParameterTypes) || !query.test(text)) return undefined
  return { text, text8, values: bind.body.subarray(2), rest: group.subarray(bind.end) }
}

/** The group's messages from Bind on, for a statement with a name. */
function boundTo(name: string, { values, rest }: UnnamedSelect): Buffer {
  return Buffer.concat([wireMessage('B', Buffer.concat([Buffer.from(`\0${name}\0`), values])), rest])
}

interface Message {
  readonly letter: string
  readonly body: Buffer
  /** Where the next one begins. */
  readonly end: number
}

function messagesOf(group: Buffer): readonly Message[] {
  const messages: Message[] = []
  for (let start = 0; start < group.length;) {
    const end = start + 1 + group.readInt32BE(start + 1)
    messages.push({ letter: String.fromCharCode(group[start] ?? 0), body: group.subarray(start + 5, end), end })
    start = end
  }
  return messages
}
