/** How far an example is tried: run; compiled and not run; or only shown, where it is no code that could be compiled. */
export type ExampleUse = 'run' | 'no-run' | 'no-check'

/** A block of TypeScript on a page. */
export interface ExampleBlock {
  /** The line of the page that its code begins on, from 1. */
  readonly line: number
  readonly code: string
  readonly use: ExampleUse
  /** Whether it is a module of its own, apart from the page's other examples. */
  readonly alone: boolean
}

/** A page with examples. */
export interface MarkdownPage {
  /** Its path in the repository: `docs/assets.md`. */
  readonly path: string
  readonly blocks: readonly ExampleBlock[]
}

/** Reads the ```ts blocks of a page. Whatever other language a block is in, nothing is made of it. */
export function markdownPage(path: string, text: string): MarkdownPage {
  const lines = text.split('\n')
  const blocks: ExampleBlock[] = []
  for (let at = 0; at < lines.length; at += 1) {
    const fence = /^(`{3,})(.*)$/.exec(lines[at] ?? '')
    if (fence === null) continue
    const end = lines.indexOf(fence[1] ?? '', at + 1)
    if (end === -1) throw new Error(`${path}:${at + 1}: the block that begins here never ends.`)
    const words = (fence[2] ?? '').trim().split(/\s+/)
    if (words[0] === 'ts')
      blocks.push(blockOf(`${path}:${at + 1}`, words.slice(1), { line: at + 2, code: lines.slice(at + 1, end).join('\n') }))
    at = end
  }
  return { path, blocks }
}

function blockOf(place: string, words: readonly string[], code: Pick<ExampleBlock, 'line' | 'code'>): ExampleBlock {
  const unknown = words.find((word) => !['alone', 'no-run', 'no-check'].includes(word))
  if (unknown !== undefined) throw new Error(`${place}: "${unknown}" says nothing about an example. There are: alone, no-run, no-check.`)
  const use = (['no-check', 'no-run'] as const).find((word) => words.includes(word)) ?? 'run'
  return { ...code, use, alone: words.includes('alone') }
}
