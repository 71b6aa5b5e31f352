/** What of a terminal's stream is needed to write to it. */
export interface TerminalOutput {
  write(text: string): unknown
}

const hideCursor = '\u001B[?25l'
const showCursor = '\u001B[?25h'
// Terminals that know synchronized output show a frame at once; the others ignore the marks.
// https://gist.github.com/christianparpart/d8a62cc1ab659194337d73e399004036
const beginFrame = '\u001B[?2026h'
const endFrame = '\u001B[?2026l'
const clearLine = '\u001B[K'
const clearBelow = '\u001B[J'

/**
 * The last lines of a terminal, rewritten in place; lines that are finished scroll away above them. A frame is one write
 * and overwrites line by line, so that nothing flickers. Lines must be narrower than the terminal.
 */
export class LiveRegion {
  readonly #output: TerminalOutput
  #height = 0
  #hidden = false

  constructor(output: TerminalOutput) {
    this.#output = output
  }

  /** Writes finished lines, and below them the live ones. */
  draw(finished: readonly string[], live: readonly string[]): void {
    const lines = [...finished, ...live]
    const up = this.#height === 0 ? '' : `\u001B[${this.#height}A`
    const cursor = this.#hidden ? '' : hideCursor
    this.#hidden = true
    this.#height = live.length
    this.#output.write(`${beginFrame}${cursor}${up}\r${lines.map((line) => `${line}${clearLine}\n`).join('')}${clearBelow}${endFrame}`)
  }

  /** Takes the live lines away and gives the cursor back. */
  clear(): void {
    if (!this.#hidden) return
    this.draw([], [])
    this.#output.write(showCursor)
    this.#hidden = false
  }
}
