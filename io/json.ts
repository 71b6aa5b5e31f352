import type { IOManager } from '../definitions/io-manager.ts'
import { fileManager, type FileManagerOptions } from './file-manager.ts'
import { jsonFormat } from './json-format.ts'

export type { FileManagerOptions } from './file-manager.ts'

/**
 * Keeps one JSON file a value, for people and other programs to read. Refuses what JSON would drop or change (dates,
 * maps, bigints, NaN …) with the path to it. A stream is kept as JSON lines (`.ndjson`), one item a line.
 */
export function jsonIOManager(options: FileManagerOptions = {}): IOManager {
  return fileManager(jsonFormat, options)
}
