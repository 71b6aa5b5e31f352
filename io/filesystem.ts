import type { IOManager } from '../definitions/io-manager.ts'
import { cloneFormat } from './clone-format.ts'
import { fileManager, type FileManagerOptions } from './file-manager.ts'

export type { FileManagerOptions } from './file-manager.ts'

/**
 * The default IO manager: one file a value, by structured cloning (`node:v8`). Dates, maps, sets, bigints, typed arrays
 * and cycles survive; functions, class instances and URLs are refused with the path to them. A stream is written and
 * read item by item, and comes back as an `AsyncIterable`.
 *
 * @example
 * ```ts
 * definitions({ assets, ioManager: filesystemIOManager({ folder: '/data/assets' }) })
 * ```
 */
export function filesystemIOManager(options: FileManagerOptions = {}): IOManager {
  return fileManager(cloneFormat, options)
}
