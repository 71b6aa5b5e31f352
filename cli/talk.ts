import { proseColumns } from './terminal.ts'
import { wrapped } from './text.ts'

/** Says something to the person at the terminal: on stderr, wrapped to its width. Data goes to stdout. */
export function talk(text: string): void {
  process.stderr.write(`${wrapped(text, proseColumns(process.stderr))}\n`)
}
