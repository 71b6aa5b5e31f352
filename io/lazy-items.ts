import type { Blob } from './blob-store.ts'
import type { BlobSource } from './value-format.ts'

/** The items of a stored stream. Each iteration opens it again, and reads it as far as it is iterated. */
export function lazyItems(source: BlobSource, read: (blob: Blob) => AsyncIterable<unknown>): AsyncIterable<unknown> {
  return {
    async *[Symbol.asyncIterator]() {
      const blob = await source.open()
      try {
        yield* read(blob)
      } finally {
        await blob.close()
      }
    },
  }
}
