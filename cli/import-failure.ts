import { existsSync, readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { inspect } from 'node:util'
import { pathOf, shownPath, type SourceLocation, userFrame } from './source-location.ts'

/** What an import of user code failed with: in words, and where in the user's files. */
export interface ImportFailure {
  readonly message: string
  readonly location: SourceLocation | undefined
}

/** Reads the place and the reason out of whatever an import threw: the loader's, Node's and the user's errors each say it their way. */
export function importFailure(error: unknown): ImportFailure {
  if (!(error instanceof Error)) return { message: `it threw ${inspect(error, { depth: 1, breakLength: Infinity })}`, location: undefined }
  return transformFailure(error) ?? resolutionFailure(error) ?? linkFailure(error) ?? thrown(error)
}

/** esbuild's: `FILE:LINE:COLUMN: ERROR: …`. Its columns count from zero. */
function transformFailure(error: Error): ImportFailure | undefined {
  const found = /^(.+):(\d+):(\d+): ERROR: (.*)$/m.exec(error.message)
  if (!found) return undefined
  const [, file = '', line, column, text = ''] = found
  const hint = text.startsWith('Top-level await') ? '. Add "type": "module" to package.json to allow it' : ''
  return { message: `SyntaxError: ${text}${hint}`, location: { file: pathOf(file), line: Number(line), column: Number(column) + 1 } }
}

/** A module that isn't there: Node names the importing file, and the line is the one that names the module. */
function resolutionFailure(error: Error): ImportFailure | undefined {
  const wanted = /^Cannot find (?:module|package) '([^']+)'/.exec(error.message)?.[1]
  if (wanted === undefined) return undefined
  const importer = / imported from (\S+)/.exec(error.message)?.[1] ?? /Require stack:\n- (.+)/.exec(error.message)?.[1]
  const what = wanted.startsWith('/') ? `file ${shownPath(wanted)}` : `module "${wanted}"`
  return {
    message: `it imports the ${what}, which is not there`,
    location: importer === undefined ? undefined : mentioned(pathOf(importer), wanted),
  }
}

function mentioned(file: string, wanted: string): SourceLocation {
  const lines = existsSync(file) ? readFileSync(file, 'utf8').split('\n') : []
  const name = wanted.startsWith('/') ? basename(wanted).replace(/\.[a-z]+$/, '') : wanted
  const index = lines.findIndex((line) => /\b(import|from|require)\b/.test(line) && line.includes(name))
  return { file, line: Math.max(index, 0) + 1, column: index < 0 ? null : (lines[index] ?? '').indexOf(name) + 1 }
}

/** Node's syntax and linking errors: the place is the first line of the stack, the column a caret below the source. */
function linkFailure(error: Error): ImportFailure | undefined {
  const found = /^((?:file:\/\/)?\S+):(\d+)\n(?:.*\n( *)\^)?/.exec(error.stack ?? '')
  if (error.name !== 'SyntaxError' || !found) return undefined
  const [, file = '', line, indent] = found
  return {
    message: `${error.name}: ${error.message}`,
    location: { file: pathOf(file), line: Number(line), column: indent === undefined ? null : indent.length + 1 },
  }
}

function thrown(error: Error): ImportFailure {
  return { message: `${error.name}: ${error.message}`, location: userFrame(error.stack ?? '') }
}
