import { randomBytes } from 'node:crypto'
import { mkdir, open, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'

/** What {@link writeAtomically} may be told. */
export interface AtomicWrite {
  /** Awaited when the bytes are written, right before they become visible. */
  readonly confirm: () => Promise<void>
  /** Whether to force the bytes to the disk before they become visible. */
  readonly sync: boolean
}

/**
 * Writes a file so that a reader, after a crash on any line too, sees the old bytes or the new ones: to a name of its
 * own in the same folder, then renamed. What a killed process leaves behind has the ending `.tmp` and is never read.
 */
export async function writeAtomically(path: string, bytes: Uint8Array, options: AtomicWrite): Promise<void> {
  const temporary = `${path}.${randomBytes(6).toString('hex')}.tmp`
  try {
    await writeNew(temporary, bytes, options.sync)
    await options.confirm()
    await rename(temporary, path)
  } catch (error) {
    await rm(temporary, { force: true })
    throw error
  }
}

async function writeNew(path: string, bytes: Uint8Array, sync: boolean): Promise<void> {
  const file = await openInFolder(path)
  try {
    await file.writeFile(bytes)
    if (sync) await file.sync()
  } finally {
    await file.close()
  }
}

async function openInFolder(path: string): ReturnType<typeof open> {
  try {
    return await open(path, 'wx', 0o600)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    await mkdir(dirname(path), { recursive: true })
    return open(path, 'wx', 0o600)
  }
}
