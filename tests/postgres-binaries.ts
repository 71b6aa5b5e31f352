import { existsSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { delimiter, join } from 'node:path'

/** Where the packages of Debian and Ubuntu put them: `/usr/lib/postgresql/<version>/bin`, mostly outside PATH. */
const packagedVersions = '/usr/lib/postgresql'

/** The folder with PostgreSQL's server programs (`initdb`, `postgres`), or undefined where this machine has none. */
export async function findPostgresBinaries(): Promise<string | undefined> {
  return [...(process.env['PATH'] ?? '').split(delimiter), ...(await packagedFolders())].find(hasServer)
}

/** The newest version first. */
async function packagedFolders(): Promise<readonly string[]> {
  if (!existsSync(packagedVersions)) return []
  const versions = (await readdir(packagedVersions)).toSorted((a, b) => Number(b) - Number(a))
  return versions.map((version) => join(packagedVersions, version, 'bin'))
}

function hasServer(folder: string): boolean {
  return ['initdb', 'postgres'].every((program) => existsSync(join(folder, program)))
}
