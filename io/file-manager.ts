import { join } from 'node:path'
import type { IOManager } from '../definitions/io-manager.ts'
import { blobManager } from './blob-manager.ts'
import { folderStore } from './folder-store.ts'
import type { ValueFormat } from './value-format.ts'

/** Options of the IO managers that keep one file a value. */
export interface FileManagerOptions {
  /** Where the files go. @default `storage` in the folder of `ASSETRY_HOME`, else `.assetry/storage` */
  readonly folder?: string
  /** Whether each file is forced to the disk before it counts, for machines that lose power. Costs a few ms a value. @default false */
  readonly sync?: boolean
}

/** An IO manager that keeps one file a value, in the given format. */
export function fileManager(format: ValueFormat, options: FileManagerOptions): IOManager {
  return blobManager(format.name, format, folderStore({ folder: () => options.folder ?? defaultFolder(), sync: options.sync ?? false }))
}

/** Read when it is needed, so that a module that is merely imported doesn't depend on the environment. */
function defaultFolder(): string {
  return join(process.env['ASSETRY_HOME'] ?? '.assetry', 'storage')
}
