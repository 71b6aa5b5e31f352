import { existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { AssetryError } from '../../definitions/errors.ts'
import { type ExitCode, exitCodes } from '../exit-code.ts'
import { starterProject } from '../starter-project.ts'
import { colorsFor } from '../terminal.ts'

/**
 * Writes a small project into a folder that is empty or not there. No file is ever overwritten.
 *
 * @throws `FOLDER_NOT_EMPTY`
 */
export async function init(given: string): Promise<ExitCode> {
  const folder = resolve(given)
  refuseFilled(folder, given)
  mkdirSync(folder, { recursive: true })
  const files = starterProject(packageName(folder))
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text, { flag: 'wx' })
  const colors = colorsFor(process.stderr)
  const made = Object.keys(files).map((name) => `  ${colors.green('+')} ${join(given, name)}\n`)
  process.stderr.write(`${made.join('')}\nNext:\n  ${colors.bold(`cd ${given} && npm install`)}\n  ${colors.bold('npm run dev')}\n`)
  return exitCodes.done
}

function refuseFilled(folder: string, given: string): void {
  if (!existsSync(folder)) return
  const held = statSync(folder).isDirectory() ? readdirSync(folder) : undefined
  if (held?.length === 0) return
  const what = held === undefined ? 'is a file' : `holds ${held.length === 1 ? `"${held[0]}"` : `${held.length} files`} already`
  throw new AssetryError(
    'FOLDER_NOT_EMPTY',
    `${given} ${what}, and init overwrites nothing. Name a folder that is empty or not there yet.`,
    {
      facts: { folder, holds: held ?? [] },
    },
  )
}

/** A folder's name as npm takes it for a package. */
function packageName(folder: string): string {
  const name = basename(folder)
    .toLowerCase()
    .replace(/[^a-z0-9._-]+/g, '-')
    .replace(/^[._-]+|-+$/g, '')
  return name === '' ? 'my-assets' : name
}
