import { type IOManager, ioManager, type StoredValue } from '../definitions/io-manager.ts'
import { isStream } from '../definitions/stream.ts'
import { batchesOf } from './batches.ts'
import { gathered } from './gathered.ts'
import { decodeStream, encodeStream, frameLimits } from './stream-codec.ts'
import { decodeValue, encodeValue } from './value-codec.ts'
import { valueNotFound } from './value-not-found.ts'

/**
 * Keeps values in this process's memory, for tests and `materialize()`. Each load gets a copy of its own, and what can't
 * be stored is refused as `filesystemIOManager()` refuses it, so that a test shows what a real run would do. A stream is
 * kept item by item, all of it, and comes back as an `AsyncIterable`.
 */
export function memoryIOManager(): IOManager {
  const values = new Map<string, Buffer | readonly Buffer[]>()
  return ioManager({
    name: 'memory',
    async save(context, value) {
      const owner = `asset "${context.assetKey}"`
      const bytes = isStream(value)
        ? await gathered(encodeStream(owner, batchesOf(value, frameLimits, context.signal)))
        : encodeValue(owner, value)
      await context.confirm()
      values.set(place(context), bytes)
    },
    load(context) {
      const where = `The value of asset "${context.assetKey}" in memory`
      const bytes = values.get(place(context))
      if (bytes === undefined) throw valueNotFound(context, 'memory')
      return Buffer.isBuffer(bytes) ? decodeValue(where, bytes) : { [Symbol.asyncIterator]: () => decodeStream(where, chunksOf(bytes)) }
    },
  })
}

async function* chunksOf(buffers: readonly Buffer[]): AsyncGenerator<Buffer> {
  yield* buffers
}

function place(value: StoredValue): string {
  return JSON.stringify([value.assetKey, value.partitionKey ?? null])
}
