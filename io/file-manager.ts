import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { AssetryError } from '../definitions/errors.ts'
import { type IOManager, ioManager, type StoredValue } from '../definitions/io-manager.ts'
import { MetadataValue } from '../definitions/metadata-value.ts'
import { smallFile, writeAtomically } from './atomic-file.ts'
import { storagePath } from './storage-path.ts'

/** Options of the IO managers that keep one file a value. */
export interface FileManagerOptions {
  /** Where the files go. @default `storage` in the folder of `ASSETRY_HOME`, else `.assetry/storage` */
  readonly folder?: string
  /** Whether each file is forced to the disk before it counts, for machines that lose power. Costs a few ms a value. @default false */
  readonly sync?: boolean
}

/** How a value becomes bytes and back. */
export interface FileFormat {
  readonly name: string
  /** With its dot. */
  readonly extension: string
  encode(owner: string, value: unknown): Uint8Array
  decode(where: string, bytes: Buffer): unknown
}

/** An IO manager that keeps one file a value, in the given format. */
export function fileManager(format: FileFormat, options: FileManagerOptions): IOManager {
  const pathOf = (value: StoredValue): string => storagePath(options.folder ?? defaultFolder(), value, format.extension)
  return ioManager({
    name: format.name,
    async save(context, value) {
      const path = pathOf(context)
      const bytes = format.encode(`asset "${context.assetKey}"`, value)
      await writeAtomically(path, bytes, { confirm: () => context.confirm(), sync: options.sync ?? false })
      context.addMetadata({ path: MetadataValue.path(path), bytes: bytes.length })
    },
    async load(context) {
      const path = pathOf(context)
      return format.decode(path, await bytesOf(path, context))
    },
  })
}

/** Read when it is needed, so that a module that is merely imported doesn't depend on the environment. */
function defaultFolder(): string {
  return join(process.env['ASSETRY_HOME'] ?? '.assetry', 'storage')
}

async function bytesOf(path: string, value: StoredValue): Promise<Buffer> {
  try {
    return smallFile(path) ?? (await readFile(path))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    throw valueNotFound(value, path)
  }
}

/** The error for a value that was never saved. */
export function valueNotFound(value: StoredValue, where: string): AssetryError {
  const partition = value.partitionKey === undefined ? '' : `, partition "${value.partitionKey}"`
  return new AssetryError(
    'VALUE_NOT_FOUND',
    `Asset "${value.assetKey}"${partition} has no stored value (looked at ${where}). Materialize it first, or select it together with what reads it.`,
    { facts: { assetKey: value.assetKey, partitionKey: value.partitionKey, where } },
  )
}
