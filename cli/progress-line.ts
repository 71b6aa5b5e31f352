import { LiveRegion, type TerminalOutput } from './run-view/live-region.ts'
import { colorsFor, columnsOf, type TerminalStream } from './terminal.ts'
import { cut, oneLine } from './text.ts'

/** Says what a command is doing while there is nothing else to see. */
export interface ProgressLine {
  show(message: string): void
  /** Takes the line away. */
  end(): void
}

/** One line that is rewritten on a terminal; elsewhere a line for each message. */
export function createProgressLine(stream: TerminalStream & TerminalOutput): ProgressLine {
  const colors = colorsFor(stream)
  if (stream.isTTY !== true) return { show: (message) => stream.write(`${oneLine(message)}\n`), end: () => {} }
  const region = new LiveRegion(stream)
  const giveCursorBack = (): void => region.clear()
  process.once('exit', giveCursorBack)
  return {
    show: (message) => region.draw([], [`${colors.cyan('·')} ${colors.dim(cut(oneLine(message), columnsOf(stream) - 3))}`]),
    end: () => {
      region.clear()
      process.off('exit', giveCursorBack)
    },
  }
}
