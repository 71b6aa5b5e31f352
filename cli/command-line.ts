import { CommanderError } from 'commander'
import { AssetryError } from '../definitions/errors.ts'
import { errorDocument, errorReport } from './error-report.ts'
import { type ExitCode, exitCodeOf, exitCodes } from './exit-code.ts'
import { createProgram } from './program.ts'
import { colorsFor, proseColumns } from './terminal.ts'

/**
 * Runs the `assetry` command and returns its exit code. Whatever goes wrong is printed to stderr here, and nowhere else:
 * for people, or with `--json` as one JSON document.
 */
export async function runCommandLine(args: readonly string[]): Promise<ExitCode> {
  endQuietlyWithItsReader(process.stdout)
  let exitCode: ExitCode = exitCodes.done
  const program = createProgram((code) => (exitCode = code))
  try {
    await program.parseAsync(args, { from: 'user' })
    return exitCode
  } catch (error) {
    if (error instanceof CommanderError && isShownAlready(error)) return error.exitCode === 0 ? exitCodes.done : exitCodes.usage
    return reported(error instanceof CommanderError ? usageError(error) : error, args.includes('--json'))
  }
}

/** Help and version have been written; there is no more to say. */
function isShownAlready(error: CommanderError): boolean {
  return error.exitCode === 0 || error.code === 'commander.help'
}

function usageError(error: CommanderError): AssetryError {
  const said = error.message.replace(/^error: /, '').replace(/\n\((Did you mean .*)\)$/, '. $1')
  const message = said.charAt(0).toUpperCase() + said.slice(1)
  return new AssetryError('USAGE', `${message}${/[.?]$/.test(message) ? '' : '.'} Add --help to see the usage.`)
}

function reported(error: unknown, asJson: boolean): ExitCode {
  const text = asJson
    ? `${JSON.stringify(errorDocument(error))}\n`
    : errorReport(error, colorsFor(process.stderr), proseColumns(process.stderr))
  process.stderr.write(text)
  return exitCodeOf(error)
}

/** `assetry run logs ID | head` closes the pipe early, which is no error. */
function endQuietlyWithItsReader(stream: NodeJS.WriteStream): void {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(exitCodes.done)
    throw error
  })
}
