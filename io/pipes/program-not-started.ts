import { stat } from 'node:fs/promises'
import { AssetryError } from '../../definitions/errors.ts'
import type { ProgramSpec } from './program.ts'

/** Why a program could not be started: the system says only a word, ENOENT for the program and for its folder alike. */
export async function programNotStarted(spec: ProgramSpec, cause: unknown): Promise<AssetryError> {
  const { code = 'unknown' } = cause as NodeJS.ErrnoException
  const [program] = spec.command
  const folder = await stat(spec.cwd).catch(() => undefined)
  const why =
    folder?.isDirectory() === true ? whyOf(code, spec) : `its cwd "${spec.cwd}" is no folder on this worker. Set cwd to one that is`
  return new AssetryError('PROGRAM_NOT_STARTED', `The program "${program}" can't be started: ${why}.`, {
    facts: { program, cwd: spec.cwd, code },
    cause,
  })
}

function whyOf(code: string, { command: [program], cwd, environment }: ProgramSpec): string {
  const where = program.includes('/')
    ? `by that path (seen from "${cwd}")`
    : `on the PATH of this worker (${environment['PATH'] ?? 'which is empty'})`
  switch (code) {
    case 'ENOENT':
      return `there is none ${where}. Install it where workers run, or give its path`
    case 'EACCES':
      return `it may not be executed. Make it executable, or name the program that runs it first: ['python3', 'script.py']`
    default:
      return `the system says ${code}`
  }
}
