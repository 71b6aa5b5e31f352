import { isStream } from '../definitions/stream.ts'
import { batchesOf } from './batches.ts'
import type { Blob } from './blob-store.ts'
import { countedRows } from './counted-rows.ts'
import { lazyItems } from './lazy-items.ts'
import { beginsAsStream, decodeStream, encodeStream, frameLimits, streamHeaderBytes } from './stream-codec.ts'
import { decodeValue, encodeValue } from './value-codec.ts'
import type { ValueFormat } from './value-format.ts'

/** Values by structured cloning (`node:v8`), and streams in frames of it. Both have the extension `.v8`; the header tells them apart. */
export const cloneFormat: ValueFormat = {
  name: 'filesystem',
  extensions: ['.v8'],
  encode(value, { owner, signal }) {
    if (!isStream(value)) return { extension: '.v8', content: encodeValue(owner, value) }
    const counted = countedRows(batchesOf(value, frameLimits, signal))
    return { extension: '.v8', content: encodeStream(owner, counted.batches), facts: counted.facts }
  },
  async decode(source) {
    const whole = await wholeValue(source.first)
    if (whole !== undefined) return decodeValue(source.where, whole)
    return lazyItems(source, (blob) => decodeStream(source.where, blob.chunks()))
  },
}

/** All bytes, where they are not those of a stream. Closes the blob. */
async function wholeValue(blob: Blob): Promise<Buffer | undefined> {
  try {
    if (beginsAsStream(await blob.slice(0, streamHeaderBytes))) return undefined
    return await blob.slice(0, blob.byteLength)
  } finally {
    await blob.close()
  }
}
