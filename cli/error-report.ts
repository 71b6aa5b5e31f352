import { isAssetryError } from '../definitions/errors.ts'
import { locationText, sourceLine, type SourceLocation, userFrame } from './source-location.ts'
import type { Colors } from './terminal.ts'
import { toldError } from './told-error.ts'
import { cut, wrapped } from './text.ts'

/** An error as `--json` shows it. */
export interface ErrorDocument {
  readonly error: {
    readonly code: string
    readonly message: string
    readonly facts: Readonly<Record<string, unknown>>
    readonly location: SourceLocation | null
  }
}

/** An error for programs. */
export function errorDocument(error: unknown): ErrorDocument {
  const { code, message, facts } = toldError(error)
  return { error: { code, message, facts, location: locationOf(error) ?? null } }
}

/** An error for people: its code, its message wrapped to `columns`, and the user's line where one is to blame. */
export function errorReport(error: unknown, colors: Colors, columns: number): string {
  const { code, message, isExpected } = toldError(error)
  const lines = [`${colors.red(colors.bold('error'))} ${colors.bold(code)}`, wrapped(message, columns, '  ')]
  lines.push(...causes(error).map((cause) => colors.dim(wrapped(`because: ${toldError(cause).message}`, columns, '  '))))
  const location = locationOf(error)
  if (location !== undefined) lines.push(...excerpt(location, colors, columns, message.includes(locationText(location))))
  if (!isExpected) lines.push(colors.dim(stackOf(error)))
  return `${lines.join('\n')}\n`
}

/** Where in the user's files an error comes from: what it says itself, else the first such frame of its stack or a cause's. */
export function locationOf(error: unknown): SourceLocation | undefined {
  if (isAssetryError(error) && isLocation(error.facts.location)) return error.facts.location
  if (!(error instanceof Error)) return undefined
  return (error.cause === undefined ? undefined : locationOf(error.cause)) ?? userFrame(error.stack ?? '')
}

/**
 * A line of the user's source, with a caret below the column.
 *
 * @param isNamed - whether the text above says already where it is
 */
export function excerpt(location: SourceLocation, colors: Colors, columns: number, isNamed = false): readonly string[] {
  const source = sourceLine(location)
  const lines = isNamed ? [] : [`  ${colors.cyan(`at ${locationText(location)}`)}`]
  if (source === undefined) return lines
  const indentation = source.length - source.trimStart().length
  const shown = cut(source.trim(), columns - 11)
  const caret = location.column === null ? -1 : location.column - 1 - indentation
  lines.push(`  ${colors.dim(`${String(location.line).padStart(5)} |`)} ${shown}`)
  if (caret >= 0 && caret < shown.length) lines.push(`  ${colors.dim('      |')} ${' '.repeat(caret)}${colors.red('^')}`)
  return lines
}

/** The causes whose message the error's own message doesn't repeat. */
function causes(error: unknown): readonly Error[] {
  if (!(error instanceof Error) || !(error.cause instanceof Error) || isToldInFull(error)) return []
  const isKnown = error.cause.message === '' || error.message.includes(error.cause.message)
  return [...(isKnown ? [] : [error.cause]), ...causes(error.cause)]
}

/** Errors whose message says all of their cause that helps: what the module loader or `fetch` said would only repeat it. */
function isToldInFull(error: Error): boolean {
  return ['DEFINITIONS_FILE_THREW', 'SERVER_UNREACHABLE', 'PORT_IN_USE'].includes(toldError(error).code)
}

function stackOf(error: unknown): string {
  const stack = error instanceof Error ? (error.stack ?? '') : ''
  return stack
    .split('\n')
    .filter((line) => line.startsWith('    at '))
    .join('\n')
}

function isLocation(value: unknown): value is SourceLocation {
  return typeof value === 'object' && value !== null && 'file' in value && 'line' in value
}
