import { existsSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { packageRoot } from './package-root.ts'

/** A place in a source file. Lines and columns count from one. */
export interface SourceLocation {
  readonly file: string
  readonly line: number
  readonly column: number | null
}

const frame = /^\s+at (?:.*\()?((?:file:\/\/)?\/[^()]*?|[A-Za-z]:\\[^()]*?):(\d+):(\d+)\)?$/

/** The first frame of a stack trace that lies in the user's own files: neither Node's, nor a dependency's, nor Assetry's. */
export function userFrame(stack: string): SourceLocation | undefined {
  for (const line of stack.split('\n')) {
    const found = frame.exec(line)
    if (!found) continue
    const file = pathOf(found[1] ?? '')
    if (!isForeign(file)) return { file, line: Number(found[2]), column: Number(found[3]) }
  }
  return undefined
}

/** A stack trace down to the last frame of the user's own files: who called those is Assetry's business. */
export function userStack(stack: string): string {
  const lines = stack.split('\n')
  const last = lines.findLastIndex((line) => userFrame(line) !== undefined)
  return last < 0 ? stack : lines.slice(0, last + 1).join('\n')
}

/** A path as it stands in an error: a `file:` URL or a path, perhaps with a loader's query. */
export function pathOf(text: string): string {
  const path = text.startsWith('file://') ? fileURLToPath(text) : text
  return path.replace(/\?.*$/, '')
}

/** A location as people write it: relative to the current folder where it lies in it, `definitions.ts:7:11`. */
export function locationText(location: SourceLocation, folder = process.cwd()): string {
  const column = location.column === null ? '' : `:${location.column}`
  return `${shownPath(location.file, folder)}:${location.line}${column}`
}

/** A path relative to the current folder where it lies in it, else as it is. */
export function shownPath(file: string, folder = process.cwd()): string {
  const path = relative(folder, file)
  return path === '' || path.startsWith('..') ? file : path
}

/** The line of source a location names. */
export function sourceLine(location: SourceLocation): string | undefined {
  if (!existsSync(location.file)) return undefined
  return readFileSync(location.file, 'utf8').split('\n')[location.line - 1]
}

function isForeign(file: string): boolean {
  return file.includes('/node_modules/') || file.includes('\\node_modules\\') || isOwn(file)
}

/** Whether a file is part of Assetry: compiled, or the source it was compiled from, as source maps name it. */
function isOwn(file: string): boolean {
  const path = relative(packageRoot(), file)
  if (path.startsWith('..')) return false
  return path.startsWith('dist') || existsSync(join(packageRoot(), 'dist', path.replace(/\.ts$/, '.js')))
}
