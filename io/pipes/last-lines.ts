import { StringDecoder } from 'node:string_decoder'

/** Lines that are kept: a Python traceback of a few frames. */
const keptLines = 20

/** Characters that are kept, so that a program without newlines doesn't fill the memory. */
const keptCharacters = 4_000

/** The end of what was written to a stream. */
export class LastLines {
  readonly #decoder = new StringDecoder('utf8')
  #text = ''

  add(piece: Buffer): void {
    this.#text = (this.#text + this.#decoder.write(piece)).slice(-keptCharacters)
  }

  /** The last lines, oldest first, without empty ones at the end. */
  lines(): readonly string[] {
    const text = this.#text.trimEnd()
    return text === '' ? [] : text.split('\n').slice(-keptLines)
  }
}
