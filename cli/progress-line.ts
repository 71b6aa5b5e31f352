import { LiveRegion, type TerminalOutput } from './run-view/live-region.ts'
import { colorsFor, columnsOf, type TerminalStream } from './terminal.ts'
import { cut, oneLine } from './text.ts'

/** Says what a command is doing while there is nothing else to see. */
export interface ProgressLine {
  show(message: string): void
  /** Writes a line that stays, above it. */
  say(line: string): void
  /** Takes the line away. */
  end(): void
}

/** One line that is rewritten on a terminal; elsewhere a line for each message. */
export function createProgressLine(stream: TerminalStream & TerminalOutput): ProgressLine {
  const colors = colorsFor(stream)
  const write = (text: string): unknown => stream.write(`${text}\n`)
  if (stream.isTTY !== true) return { show: (message) => write(oneLine(message)), say: write, end: () => {} }
  const region = new LiveRegion(stream)
  const giveCursorBack = (): void => region.clear()
  process.once('exit', giveCursorBack)
  let live: readonly string[] = []
  return {
    show: (message) => {
      live = [`${colors.cyan('·')} ${colors.dim(cut(oneLine(message), columnsOf(stream) - 3))}`]
      region.draw([], live)
    },
    say: (line) => (live.length === 0 ? write(line) : region.draw([line], live)),
    end: () => {
      live = []
      region.clear()
      process.off('exit', giveCursorBack)
    },
  }
}
