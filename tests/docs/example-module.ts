import { parseSync, type Comment, type ImportDeclaration, type Statement } from 'oxc-parser'
import type { ExampleBlock, MarkdownPage } from './markdown-page.ts'
import { mergedImports, type SeenImports } from './merged-imports.ts'

/** What a page's examples import to say what they give. */
const helper = '$docs'

/** A module made of examples. Its code stands on the lines that it has on the page, so that any error names those. */
export interface ExampleModule {
  readonly page: string
  /** Its file name without `.ts`. */
  readonly name: string
  /** All of it, for the compiler. */
  readonly checked: string
  /** What of it can be run. Undefined where nothing can. */
  readonly run: string | undefined
}

/** The modules of a page: one of all its examples, in their order, and one of each that stands alone. */
export function exampleModules({ path, blocks }: MarkdownPage, helperPath: string): readonly ExampleModule[] {
  const tried = blocks.filter(({ use }) => use !== 'no-check')
  const together = tried.filter(({ alone }) => !alone)
  const groups = [
    ...(together.length > 0 ? [{ name: 'page', group: together }] : []),
    ...tried.filter(({ alone }) => alone).map((block) => ({ name: `line-${block.line}`, group: [block] })),
  ]
  return groups.map(({ name, group }) => {
    const runnable = group.filter(({ use }) => use === 'run')
    const text = (chosen: readonly ExampleBlock[]): string => moduleText(path, chosen, helperPath)
    return { page: path, name, checked: text(group), run: runnable.length > 0 ? text(runnable) : undefined }
  })
}

function moduleText(page: string, blocks: readonly ExampleBlock[], helperPath: string): string {
  const seen: SeenImports = new Map()
  const lines: string[] = [`import * as ${helper} from '${helperPath}';${helper}.begin('${page}')`]
  for (const block of blocks) {
    while (lines.length < block.line - 1) lines.push('')
    lines.push(...asserted(page, block, seen).split('\n'))
  }
  return `${lines.join('\n')}\n;${helper}.end()\n`
}

/** A replacement of a part of the text. It keeps the number of lines. */
interface Edit {
  readonly start: number
  readonly end: number
  readonly text: string
}

/** The code of a block, with its imports merged and its comments that say what something gives turned into calls. */
function asserted(page: string, block: ExampleBlock, seen: SeenImports): string {
  const { program, comments, errors } = parseSync('example.ts', block.code)
  const lineAt = (offset: number): number => block.line + block.code.slice(0, offset).split('\n').length - 1
  const refuse = (offset: number, text: string): Error => new Error(`${page}:${lineAt(offset)}: ${text}`)
  const [error] = errors
  if (error !== undefined) throw refuse(error.labels[0]?.start ?? 0, error.message)

  const claims = claimsOf(block.code, comments)
  const edits: Edit[] = []
  for (const statement of program.body) {
    if (statement.type === 'ImportDeclaration') edits.push(importEdit(statement, block.code, seen))
    const claim = claims.find(({ start }) => start >= statement.end && !block.code.slice(statement.end, start).includes('\n'))
    if (claim === undefined) continue
    claims.splice(claims.indexOf(claim), 1)
    const wrapped = wrappers[claim.kind](statement, claim, lineAt(statement.start))
    if (wrapped === undefined)
      throw refuse(
        statement.start,
        `nothing can be said about what this gives. It is ${statement.type}; write an expression, or a declaration of one name.`,
      )
    edits.push(...wrapped)
  }
  const [stray] = claims
  if (stray !== undefined)
    throw refuse(
      stray.start,
      'this comment stands behind no statement. What is within a function, or on a line of its own, is not looked at.',
    )
  return withEdits(block.code, edits)
}

/** A comment that says what the statement before it gives, throws, or prints. */
interface Claim {
  readonly kind: '→' | 'throws' | 'prints'
  readonly start: number
  readonly end: number
  /** The value or the error, on as many lines as the comment has. */
  readonly text: string
}

function claimsOf(code: string, comments: readonly Comment[]): Claim[] {
  const claims: Claim[] = []
  for (const [index, { type, value, start, end }] of comments.entries()) {
    const found = type === 'Line' ? /^ (→|throws|prints) (.+)$/.exec(value) : null
    if (found === null) continue
    const kind = found[1] as Claim['kind']
    let claim: Claim = { kind, start, end, text: found[2] ?? '' }
    // A value goes on in the comments below for as long as it isn't whole.
    for (const next of comments.slice(index + 1)) {
      if (kind !== '→' || isExpression(claim.text) || code.slice(claim.end, next.start).trim() !== '') break
      claim = { ...claim, end: next.end, text: `${claim.text}\n${next.value}` }
    }
    claims.push(claim)
  }
  return claims
}

function isExpression(text: string): boolean {
  return parseSync('value.ts', `(${text})`).errors.length === 0
}

function importEdit(statement: ImportDeclaration, code: string, seen: SeenImports): Edit {
  const { start, end } = statement
  const rest = code.slice(start, end).replaceAll(/[^\n]/g, '')
  return { start, end, text: mergedImports(statement, seen) + rest }
}

function givesEdits(statement: Statement, claim: Claim, line: number): readonly Edit[] | undefined {
  const comment = { start: statement.end, end: claim.end }
  if (statement.type === 'ExpressionStatement') {
    return [
      { start: statement.start, end: statement.start, text: `;${helper}.equal(${line}, ` },
      { ...comment, text: `, ${claim.text})` },
    ]
  }
  const declared = statement.type === 'ExportNamedDeclaration' ? statement.declaration : statement
  if (declared?.type !== 'VariableDeclaration') return undefined
  const [only, other] = declared.declarations
  if (only?.id.type !== 'Identifier' || other !== undefined) return undefined
  return [{ ...comment, text: `;${helper}.equal(${line}, ${only.id.name}, ${claim.text})` }]
}

function throwsEdits(statement: Statement, claim: Claim, line: number): readonly Edit[] | undefined {
  if (!['ExpressionStatement', 'VariableDeclaration'].includes(statement.type)) return undefined
  return [
    { start: statement.start, end: statement.start, text: `;await ${helper}.throws(${line}, async () => {` },
    { start: statement.end, end: claim.end, text: `}, ${JSON.stringify(claim.text.trim())})` },
  ]
}

function printsEdits(statement: Statement, claim: Claim, line: number): readonly Edit[] {
  return [
    { start: statement.start, end: statement.start, text: `;${helper}.listen();` },
    { start: statement.end, end: claim.end, text: `;${helper}.printed(${line}, ${JSON.stringify(claim.text.trim())})` },
  ]
}

const wrappers = { '→': givesEdits, throws: throwsEdits, prints: printsEdits } as const

function withEdits(code: string, edits: readonly Edit[]): string {
  return [...edits]
    .sort((one, other) => other.start - one.start)
    .reduce((text, { start, end, text: by }) => text.slice(0, start) + by + text.slice(end), code)
}
