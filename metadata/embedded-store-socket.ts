import { createHash } from 'node:crypto'
import { chmod, lstat, mkdir, rm } from 'node:fs/promises'
import { tmpdir, userInfo } from 'node:os'
import { join, resolve } from 'node:path'
import { AssetryError } from '../definitions/errors.ts'

// Clients look for this name in the folder they are given, and a path to a socket may have 104 bytes at most (macOS; 108 on Linux).
const socketName = '.s.PGSQL.5432'
const longestPath = 103

export interface StoreSocket {
  readonly path: string
  /** What clients connect to. */
  readonly url: string
}

/**
 * Prepares the place of a home's socket: a folder that only its owner can enter, the same one each time, outside of the
 * home because that may have a long path. Removes what a killed server left there; the caller holds the store's lock.
 *
 * @throws `STORE_UNREACHABLE` where that folder is another user's
 */
export async function prepareStoreSocket(home: string): Promise<StoreSocket> {
  const folder = folderOf(home)
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const found = await lstat(folder)
  if (!found.isDirectory() || (process.getuid !== undefined && found.uid !== process.getuid())) throw notOurs(folder)
  await chmod(folder, 0o700)
  const path = join(folder, socketName)
  await rm(path, { force: true })
  return { path, url: `postgres:///assetry?host=${encodeURIComponent(folder)}&user=assetry` }
}

function folderOf(home: string): string {
  const name = `assetry-${createHash('sha256')
    .update(`${userInfo().uid} ${resolve(home)}`)
    .digest('hex')
    .slice(0, 16)}`
  const preferred = join(tmpdir(), name)
  return Buffer.byteLength(join(preferred, socketName)) <= longestPath ? preferred : join('/tmp', name)
}

function notOurs(folder: string): AssetryError {
  return new AssetryError(
    'STORE_UNREACHABLE',
    `The metadata store's socket belongs into ${folder}, which is not a folder of this user. Remove it, or set TMPDIR to a folder of your own.`,
    { facts: { folder } },
  )
}
