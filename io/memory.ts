import { type IOManager, ioManager, type StoredValue } from '../definitions/io-manager.ts'
import { valueNotFound } from './file-manager.ts'
import { decodeValue, encodeValue } from './value-codec.ts'

/**
 * Keeps values in this process's memory, for tests and `materialize()`. Each load gets a copy of its own, and what can't
 * be stored is refused as `filesystemIOManager()` refuses it, so that a test shows what a real run would do.
 */
export function memoryIOManager(): IOManager {
  const values = new Map<string, Buffer>()
  return ioManager({
    name: 'memory',
    async save(context, value) {
      const bytes = encodeValue(`asset "${context.assetKey}"`, value)
      await context.confirm()
      values.set(place(context), bytes)
    },
    load(context) {
      const bytes = values.get(place(context))
      if (bytes === undefined) throw valueNotFound(context, 'memory')
      return decodeValue(`The value of asset "${context.assetKey}" in memory`, bytes)
    },
  })
}

function place(value: StoredValue): string {
  return JSON.stringify([value.assetKey, value.partitionKey ?? null])
}
