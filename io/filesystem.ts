import type { IOManager } from '../definitions/io-manager.ts'
import { fileManager, type FileManagerOptions } from './file-manager.ts'
import { decodeValue, encodeValue } from './value-codec.ts'

export type { FileManagerOptions } from './file-manager.ts'

/**
 * The default IO manager: one file a value, by structured cloning (`node:v8`). Dates, maps, sets, bigints, typed arrays
 * and cycles survive; functions, class instances and URLs are refused with the path to them.
 *
 * @example
 * ```ts
 * definitions({ assets, ioManager: filesystemIOManager({ folder: '/data/assets' }) })
 * ```
 */
export function filesystemIOManager(options: FileManagerOptions = {}): IOManager {
  return fileManager({ name: 'filesystem', extension: '.v8', encode: encodeValue, decode: decodeValue }, options)
}
