import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { AssetryError } from '../definitions/errors.ts'
import { nearestPackageFolder } from './package-root.ts'

/** A project's definitions: their file, and the folder that its state and its `.env` belong to. */
export interface DefinitionsFile {
  readonly path: string
  /** The folder of the nearest `package.json` above the file, else the file's own. */
  readonly projectFolder: string
}

/** Names the file may have where nothing else says, in the order they are looked for. */
export const defaultDefinitionsFiles = ['definitions.ts', 'definitions.mts', 'definitions.js', 'definitions.mjs'] as const

/**
 * Finds a project's definitions file: `file` where it is given, else what `"assetry": { "definitions": … }` says in the
 * nearest package.json, else `definitions.ts` (`.mts`, `.js`, `.mjs`) in `folder` or beside that package.json.
 *
 * @throws `DEFINITIONS_FILE_MISSING` naming what was looked for
 */
export function findDefinitionsFile(file: string | undefined, folder: string): DefinitionsFile {
  if (file !== undefined) return existing(resolve(folder, file), `-f ${file}`)
  const packageFolder = nearestPackageFolder(folder)
  const named = packageFolder === undefined ? undefined : namedIn(join(packageFolder, 'package.json'))
  if (named !== undefined) return existing(resolve(packageFolder ?? folder, named), `"assetry": { "definitions": … } in package.json`)
  return byDefaultName([...new Set([folder, packageFolder ?? folder])])
}

function existing(path: string, saidBy: string): DefinitionsFile {
  if (existsSync(path)) return located(path)
  throw missing(`There is no file ${path}, which ${saidBy} names as the definitions file.`, [path])
}

function byDefaultName(folders: readonly string[]): DefinitionsFile {
  const candidates = folders.flatMap((folder) => defaultDefinitionsFiles.map((name) => join(folder, name)))
  const found = candidates.find((path) => existsSync(path))
  if (found !== undefined) return located(found)
  throw missing(
    `There is no definitions file: looked for ${defaultDefinitionsFiles.join(', ')} in ${folders.join(' and in ')}. ` +
      `Name it with -f FILE, or begin a project with "assetry init DIR".`,
    candidates,
  )
}

function located(path: string): DefinitionsFile {
  return { path, projectFolder: nearestPackageFolder(dirname(path)) ?? dirname(path) }
}

function namedIn(packageFile: string): string | undefined {
  const { assetry } = jsonOf(packageFile) as { assetry?: { definitions?: unknown } }
  if (assetry?.definitions === undefined) return undefined
  if (typeof assetry.definitions === 'string') return assetry.definitions
  throw missing(
    `"assetry": { "definitions": … } in ${packageFile} is ${JSON.stringify(assetry.definitions)}, which is not a file's path.`,
    [],
  )
}

function jsonOf(file: string): object {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as object
  } catch (cause) {
    throw new AssetryError(
      'DEFINITIONS_FILE_MISSING',
      `${file}, which may name the definitions file, is not JSON. Mend it, or name the file with -f FILE.`,
      {
        facts: { file },
        cause,
      },
    )
  }
}

function missing(message: string, lookedFor: readonly string[]): AssetryError {
  return new AssetryError('DEFINITIONS_FILE_MISSING', message, { facts: { lookedFor } })
}
