import { StringDecoder } from 'node:string_decoder'

/** Most of a line that is kept while its end has not come. Unit: characters. More than any line that is shown; see `StepLog`. */
const longestPending = 64 * 1024

/** Makes lines of what comes in pieces: bytes or text, cut anywhere. */
export class LineJoiner {
  readonly #take: (line: string) => void
  readonly #decoder = new StringDecoder('utf8')
  #pending = ''

  constructor(take: (line: string) => void) {
    this.#take = take
  }

  add(piece: string | Uint8Array): void {
    const text = typeof piece === 'string' ? piece : this.#decoder.write(Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength))
    const end = text.lastIndexOf('\n')
    if (end === -1) return this.#keep(this.#pending + text)
    const whole = this.#pending + text.slice(0, end)
    this.#pending = ''
    for (const line of whole.split('\n')) this.#take(asShown(line))
    this.#keep(text.slice(end + 1))
  }

  /** Gives out a last line that no newline ends. */
  end(): void {
    const last = this.#pending + this.#decoder.end()
    this.#pending = ''
    if (last !== '') this.#take(asShown(last))
  }

  #keep(text: string): void {
    // A progress bar writes its line anew after each carriage return: only the last one counts, or it would grow for ever.
    const rewritten = text.length > longestPending ? text.slice(text.lastIndexOf('\r', text.length - 2) + 1) : text
    this.#pending = rewritten.slice(0, longestPending)
  }
}

/** What a terminal would show of a line in the end: what stands after its last carriage return. */
function asShown(line: string): string {
  const text = line.endsWith('\r') ? line.slice(0, -1) : line
  return text.slice(text.lastIndexOf('\r') + 1)
}
