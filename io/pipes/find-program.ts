import { constants } from 'node:fs'
import { access, stat } from 'node:fs/promises'
import { delimiter, resolve } from 'node:path'
import { AssetryError } from '../../definitions/errors.ts'
import type { ProgramSpec } from './program.ts'

/** Where programs are looked for where the environment has no PATH, as shells do. */
const defaultPath = '/usr/local/bin:/usr/bin:/bin'

/**
 * Makes sure that a program is here and may be executed: once it is on its way, the system says little of what was wrong.
 *
 * @throws `PROGRAM_NOT_STARTED`
 */
export async function findProgram(spec: ProgramSpec): Promise<void> {
  const { cwd, environment } = spec
  const [program] = spec.command
  if ((await stat(cwd).catch(() => undefined))?.isDirectory() !== true) {
    throw programNotStarted(spec, `its cwd "${cwd}" is no folder on this worker. Set cwd to one that is`)
  }
  const path = environment['PATH'] ?? defaultPath
  const isPath = program.includes('/')
  const places = isPath ? [resolve(cwd, program)] : path.split(delimiter).map((folder) => resolve(cwd, folder, program))
  const found = await Promise.all(places.map(findingOf))
  if (found.includes('program')) return
  const where = isPath ? `by that path (seen from "${cwd}")` : `on the PATH of this worker (${path})`
  throw programNotStarted(
    spec,
    found.includes('file')
      ? `it may not be executed. Make it executable, or name what runs it first: ['python3', 'script.py']`
      : `there is none ${where}. Install it where workers run, or give its path`,
  )
}

async function findingOf(file: string): Promise<'program' | 'file' | undefined> {
  if ((await stat(file).catch(() => undefined))?.isFile() !== true) return undefined
  return await access(file, constants.X_OK).then(
    () => 'program',
    () => 'file',
  )
}

/** The error of a program that could not be started. */
export function programNotStarted({ command: [program], cwd }: ProgramSpec, why: string, cause?: unknown): AssetryError {
  return new AssetryError('PROGRAM_NOT_STARTED', `The program "${program}" can't be started: ${why}.`, { facts: { program, cwd }, cause })
}
