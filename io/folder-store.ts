import { type FileHandle, open, rm } from 'node:fs/promises'
import { join, relative, resolve, sep } from 'node:path'
import type { StoredValue } from '../definitions/io-manager.ts'
import { smallFile, writeAtomically } from './atomic-file.ts'
import type { Blob, BlobStore } from './blob-store.ts'
import { storageName, storagePathRefused } from './storage-path.ts'

/** Bytes that are read at a time where all of a file is wanted: 1 MiB. Larger ones gain nothing on a local disk. */
const chunkBytes = 1024 * 1024

/** Keeps blobs as files below a folder. */
export function folderStore(options: { readonly folder: () => string; readonly sync: boolean }): BlobStore {
  return {
    nameOf: (value, extension, extensions) => pathOf(options.folder(), value, storageName(value, extension, extensions)),
    addressOf: (path) => path,
    write: (path, content, { confirm, signal }) => writeAtomically(path, content, { confirm, signal, sync: options.sync }),
    open: openFile,
    remove: (path) => rm(path, { force: true }),
  }
}

function pathOf(folder: string, value: StoredValue, parts: readonly string[]): string {
  const path = join(folder, ...parts)
  const inside = relative(resolve(folder), resolve(path))
  if (inside.startsWith('..') || inside.split(sep).includes('..')) throw storagePathRefused(value, 'it would leave the storage folder')
  return path
}

async function openFile(path: string, signal: AbortSignal): Promise<Blob | undefined> {
  try {
    const small = smallFile(path)
    return small === undefined ? await openLarge(path, signal) : blobOfBuffer(small)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    return undefined
  }
}

/** Bytes in memory, as a blob. */
export function blobOfBuffer(bytes: Buffer): Blob {
  return {
    byteLength: bytes.length,
    slice: async (start, end) => bytes.subarray(start, end),
    async *chunks() {
      yield bytes
    },
    close: () => Promise.resolve(),
  }
}

/** A file that is held open: one that is replaced meanwhile is read to its end as it was. */
async function openLarge(path: string, signal: AbortSignal): Promise<Blob> {
  const file = await open(path, 'r')
  try {
    const { size } = await file.stat()
    const slice = (start: number, end: number): Promise<Buffer> => readSlice(file, start, Math.min(end, size))
    return {
      byteLength: size,
      slice,
      async *chunks() {
        for (let start = 0; start < size; start += chunkBytes) {
          signal.throwIfAborted()
          yield await slice(start, start + chunkBytes)
        }
      },
      close: () => file.close(),
    }
  } catch (error) {
    await file.close()
    throw error
  }
}

async function readSlice(file: FileHandle, start: number, end: number): Promise<Buffer> {
  const bytes = Buffer.allocUnsafe(Math.max(0, end - start))
  for (let done = 0; done < bytes.length;) {
    const { bytesRead } = await file.read(bytes, done, bytes.length - done, start + done)
    if (bytesRead === 0) return bytes.subarray(0, done)
    done += bytesRead
  }
  return bytes
}
