/** What the examples of a page call, in place of the comments that say what they give. */
import { inspect, isDeepStrictEqual } from 'node:util'

let page = ''
let wrong = 0

/** Begins the examples of a page. */
export function begin(path: string): void {
  page = path
  wrong = 0
}

/** `actual // → expected` */
export function equal(line: number, actual: unknown, expected: unknown): void {
  if (!isDeepStrictEqual(actual, expected)) report(line, `gives ${shown(actual)}\nnot   ${shown(expected)}`)
}

/** `run // throws expected`: the code of an AssetryError, or `Name: message` of any other error. */
export async function throws(line: number, run: () => Promise<void>, expected: string): Promise<void> {
  try {
    await run()
  } catch (error) {
    const { code, name, message } = error as Error & { readonly code?: string }
    if (code !== expected && `${name}: ${message}` !== expected)
      report(line, `throws ${code ?? ''} ${name}: ${message}\nnot    ${expected}`)
    return
  }
  report(line, `throws nothing\nnot    ${expected}`)
}

let written: string | undefined
for (const stream of [process.stdout, process.stderr]) {
  const write = stream.write.bind(stream)
  stream.write = (piece: string | Uint8Array): boolean => {
    if (written === undefined) return write(piece)
    written += String(piece)
    return true
  }
}

/** From here on, what is written to stdout and stderr is kept, up to `printed`. */
export function listen(): void {
  written = ''
}

/** `statement // prints expected` */
export function printed(line: number, expected: string): void {
  const text = written?.trimEnd() ?? ''
  written = undefined
  if (text !== expected) report(line, `prints ${text}\nnot    ${expected}`)
}

/** Ends them: the module fails if one of them gave something else than the page says. */
export function end(): void {
  if (wrong > 0) throw new Error(`${page}: ${wrong} of its examples give something else than the page says.`)
}

function report(line: number, problem: string): void {
  wrong += 1
  process.stderr.write(`${page}:${line}: ${problem}\n`)
}

function shown(value: unknown): string {
  return inspect(value, { depth: 10, breakLength: 140 })
}
