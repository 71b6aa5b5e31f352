import { chmod, mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { CliSearch } from './cli-source.ts'
import { serverVersionOf } from './cli-version.ts'

const temporaryPrefix = '.installing-'

/** Puts a CLI into the given folder and returns its path there. */
export type CliInstaller = (folder: string, search: CliSearch) => Promise<string>

/**
 * Lets `installer` work in a folder of its own beside `target`, starts what came out of it, and moves it to `target` by a
 * rename: whoever looks at `target` finds nothing or a whole binary that runs.
 *
 * @returns the version of the server inside
 */
export async function installCli(target: string, installer: CliInstaller, search: CliSearch): Promise<string> {
  const folder = await mkdtemp(join(dirname(target), temporaryPrefix))
  try {
    const binary = await installer(folder, search)
    await chmod(binary, 0o755)
    const version = await serverVersionOf(binary, search.signal)
    await rename(binary, target)
    return version
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 3 })
  }
}

/** Makes the cache folder, and removes what killed installs left in it. Call it with the lock held. */
export async function prepareCache(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true })
  const left = (await readdir(folder)).filter((name) => name.startsWith(temporaryPrefix))
  await Promise.all(left.map((name) => rm(join(folder, name), { recursive: true, force: true })))
}
