import { AssetryError } from '../definitions/errors.ts'
import type { IOManager } from '../definitions/io-manager.ts'
import { fileManager, type FileManagerOptions } from './file-manager.ts'
import { unjsonablePart } from './json-check.ts'

export type { FileManagerOptions } from './file-manager.ts'

/**
 * Keeps one JSON file a value, for people and other programs to read. Refuses what JSON would drop or change (dates,
 * maps, bigints, NaN …) with the path to it.
 */
export function jsonIOManager(options: FileManagerOptions = {}): IOManager {
  return fileManager({ name: 'json', extension: '.json', encode, decode }, options)
}

function encode(owner: string, value: unknown): Uint8Array {
  const part = unjsonablePart(value)
  if (part === undefined) return Buffer.from(`${JSON.stringify(value, undefined, 2)}\n`)
  throw new AssetryError(
    'VALUE_NOT_STORABLE',
    `The value of ${owner} can't be stored as JSON: ${part.path} is ${part.what}. Return plain JSON, or use filesystemIOManager(), which keeps it.`,
    { facts: { owner, ...part } },
  )
}

function decode(where: string, bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8')) as unknown
  } catch (error) {
    throw new AssetryError(
      'VALUE_UNREADABLE',
      `${where} can't be read: ${(error as Error).message}. Materialize the asset again to replace it.`,
      {
        facts: { where },
        cause: error,
      },
    )
  }
}
