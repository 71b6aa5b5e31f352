import { describe, expect, it } from 'vitest'
import { LiveRegion } from './live-region.ts'

/** As much of a terminal as the region uses: it says what would be on the screen. */
class Screen {
  #lines: string[] = ['']
  #row = 0
  cursorShown = true

  write(text: string): void {
    // oxlint-disable-next-line no-control-regex -- terminals are steered by control characters
    for (const [, code, plain] of text.matchAll(/\u001B\[([?\d]*[A-Za-z])|([^\u001B])/g)) this.#take(code, plain ?? '')
  }

  get text(): string {
    return this.#lines.join('\n').trimEnd()
  }

  #take(code: string | undefined, plain: string): void {
    if (code?.endsWith('A') === true) this.#row -= Number(code.slice(0, -1))
    else if (code === 'K') this.#lines[this.#row] = this.#written
    else if (code === 'J') this.#lines = this.#lines.slice(0, this.#row).concat('')
    else if (code === '?25l' || code === '?25h') this.cursorShown = code === '?25h'
    else if (code === undefined) this.#put(plain)
  }

  #written = ''

  #put(character: string): void {
    if (character === '\r') this.#written = ''
    else if (character === '\n') {
      this.#row += 1
      this.#written = ''
      this.#lines[this.#row] ??= ''
    } else {
      this.#written += character
      this.#lines[this.#row] = this.#written + (this.#lines[this.#row] ?? '').slice(this.#written.length)
    }
  }
}

describe('LiveRegion', () => {
  it('keeps finished lines above and rewrites the live ones', () => {
    const screen = new Screen()
    const region = new LiveRegion(screen)
    region.draw([], ['running a, which is long', 'running b', '0 of 2'])
    region.draw(['a done'], ['running b', '1 of 2'])
    expect(screen.text).toBe('a done\nrunning b\n1 of 2')
    region.draw(['b done'], ['2 of 2'])
    expect(screen.text).toBe('a done\nb done\n2 of 2')
  })

  it('leaves only what is finished, and gives the cursor back', () => {
    const screen = new Screen()
    const region = new LiveRegion(screen)
    region.draw(['a done'], ['1 of 1'])
    expect(screen.cursorShown).toBe(false)
    region.clear()
    expect(screen.text).toBe('a done')
    expect(screen.cursorShown).toBe(true)
  })

  it('writes nothing when there is nothing to take away', () => {
    const screen = new Screen()
    new LiveRegion(screen).clear()
    expect(screen.text).toBe('')
  })
})
