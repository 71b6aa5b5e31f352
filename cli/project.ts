import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { findDefinitionsFile } from './definitions-file.ts'

/** A user's project, as a command works on it. */
export interface Project {
  readonly folder: string
  readonly definitionsFile: string
  /** The folder that holds the embedded stack's state and the stored values: `ASSETRY_HOME`, else `.assetry` in the project. */
  readonly home: string
}

/** Name of the code location that `dev` and the commands beside it use. */
export const defaultCodeLocation = 'default'

/**
 * Finds the project and reads its `.env`, where there is one. Variables that are set already keep their value.
 *
 * @throws `DEFINITIONS_FILE_MISSING`
 */
export function openProject(options: { readonly file?: string }): Project {
  const { path, projectFolder } = findDefinitionsFile(options.file, process.cwd())
  loadEnvironment(projectFolder)
  const home = resolve(projectFolder, process.env.ASSETRY_HOME ?? '.assetry')
  // IO managers ask for it too, and must find the same folder whatever the current one is.
  process.env.ASSETRY_HOME = home
  return { folder: projectFolder, definitionsFile: path, home }
}

/** Reads `.env` of a folder into `process.env`. */
export function loadEnvironment(folder: string): void {
  const file = join(folder, '.env')
  if (existsSync(file)) process.loadEnvFile(file)
}
