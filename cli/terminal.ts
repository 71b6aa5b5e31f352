import pc from 'picocolors'

/** The functions that colour a text; they return it as it is where colours are off. */
export type Colors = ReturnType<typeof pc.createColors>

/** What the command needs to know of the stream it writes to. */
export interface TerminalStream {
  readonly isTTY?: boolean
  readonly columns?: number
}

/** Width of output that goes to a file or a pipe. Unit: characters. */
export const plainColumns = 80

/** Lines longer than this are hard to read, however wide the terminal is. Unit: characters. */
const longestLine = 100

/**
 * Whether to colour what goes to a stream: `NO_COLOR` and `FORCE_COLOR` first (https://no-color.org,
 * https://force-color.org), else on a terminal only.
 */
export function wantsColors(stream: TerminalStream, env: NodeJS.ProcessEnv = process.env): boolean {
  if (env.NO_COLOR !== undefined && env.NO_COLOR !== '') return false
  if (env.FORCE_COLOR !== undefined && env.FORCE_COLOR !== '') return env.FORCE_COLOR !== '0'
  return stream.isTTY === true && env.TERM !== 'dumb'
}

/** Colours for a stream. */
export function colorsFor(stream: TerminalStream, env: NodeJS.ProcessEnv = process.env): Colors {
  return pc.createColors(wantsColors(stream, env))
}

/** Width to write tables for. Unit: characters. */
export function columnsOf(stream: TerminalStream): number {
  return stream.isTTY === true && stream.columns !== undefined && stream.columns > 0 ? stream.columns : plainColumns
}

/** Width to wrap prose at. Unit: characters. */
export function proseColumns(stream: TerminalStream): number {
  return Math.min(columnsOf(stream), longestLine)
}
