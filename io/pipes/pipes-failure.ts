import { Failure } from '../../definitions/failure.ts'
import type { PipesException } from './pipes-message.ts'
import type { ProgramEnd } from './program.ts'

/** How a failed program is told of. */
export interface FailedProgram {
  readonly command: readonly string[]
  readonly end: ProgramEnd
  /** What it wrote last to stderr. */
  readonly lastLines: readonly string[]
}

/** Characters of a command that are shown. */
const shownCommand = 200

/** A command as people write it, cut where it is long. */
export function commandText(command: readonly string[]): string {
  const text = command.join(' ')
  return text.length <= shownCommand ? text : `${text.slice(0, shownCommand)}…`
}

/** The failure of a program that said by which exception. */
export function failureOfException(exception: PipesException, { command, end }: Omit<FailedProgram, 'lastLines'>): Failure {
  const cause = errorOf(exception)
  const what = [cause.name, cause.message].filter((part) => part !== '').join(': ')
  return new Failure(`"${commandText(command)}" failed: ${what}`, { cause, metadata: endMetadata(end) })
}

/** The failure of a program that ended badly and said nothing. */
export function failureOfEnd({ command, end, lastLines }: FailedProgram): Failure {
  const how = end.signal === null ? `exit code ${end.code}` : `signal ${end.signal}`
  const words = lastLines.length === 0 ? ' It wrote nothing to stderr.' : ` Its last lines on stderr:\n${lastLines.join('\n')}`
  return new Failure(`"${commandText(command)}" ended with ${how}.${words}`, { metadata: endMetadata(end) })
}

function endMetadata({ code, signal }: ProgramEnd): Failure['metadata'] {
  return { ...(code !== null && { exit_code: code }), ...(signal !== null && { signal }) }
}

/** Python's exception as an error: its class as the name, its traceback as the stack. */
function errorOf({ name, message, stack, cause }: PipesException): Error {
  const text = message.trimEnd()
  const error = new Error(withoutClass(text, name), cause === null ? undefined : { cause: errorOf(cause) })
  error.name = name ?? 'Exception'
  const frames = stack.map((frame) => frame.trimEnd())
  error.stack = [text, ...(frames.length === 0 ? [] : ['Traceback (most recent call last):', ...frames])].join('\n')
  return error
}

/** Python's text begins with the class, by its module: `shop.errors.BadRow: row 7`. */
function withoutClass(text: string, name: string | null): string {
  const [head = '', ...rest] = text.split(': ')
  const isClass = name !== null && (head === name || head.endsWith(`.${name}`))
  return isClass ? rest.join(': ') : text
}
