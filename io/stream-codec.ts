import type { Batch, BatchLimits } from './batches.ts'
import { ChunkReader } from './chunk-reader.ts'
import { cloned, notStorable, uncloned, unreadable } from './value-codec.ts'
import { unstorablePart } from './value-check.ts'

/** First bytes of a stored stream: as those of a stored value, with codec 2. */
const header = Buffer.from([0x41, 0x53, 0x54, 0x52, 0x59, 1, 2, 0])

/** Number of bytes that tell a stored stream from a stored value. */
export const streamHeaderBytes = header.length

/** A frame holds about 1 MiB of items, or 4,096 of them: what is held at a time, in writing and in reading. */
export const frameLimits: BatchLimits = { items: 4_096, bytes: 1024 * 1024 }

/**
 * The bytes of a stream of items: a header, then frames, each its length (4 bytes, big-endian) and an array of items by
 * structured cloning. The last frame has the length 0 and then the number of items (8 bytes), so that a file that was
 * cut off is noticed.
 *
 * @throws `VALUE_NOT_STORABLE` with the path to what can't be stored
 */
export async function* encodeStream(owner: string, batches: AsyncIterable<Batch>): AsyncGenerator<Buffer> {
  yield header
  let count = 0
  for await (const { start, items } of batches) {
    checkItems(owner, start, items)
    const bytes = cloned(owner, items)
    yield Buffer.concat([uint32(bytes.length), bytes])
    count += items.length
  }
  yield Buffer.concat([uint32(0), uint64(count)])
}

/** Whether these are the first bytes of a stream. */
export function beginsAsStream(bytes: Buffer): boolean {
  return bytes.length >= header.length && bytes.subarray(0, header.length).equals(header)
}

/** The items of bytes made by {@link encodeStream}, one frame at a time. @throws `VALUE_UNREADABLE` */
export async function* decodeStream(where: string, chunks: AsyncIterable<Buffer>): AsyncGenerator {
  const reader = new ChunkReader(chunks)
  try {
    if (!beginsAsStream(await reader.take(header.length))) throw unreadable(where, 'it does not begin as a stream stored by Assetry does')
    let count = 0
    for (;;) {
      const length = (await exactly(where, reader, 4)).readUInt32BE()
      if (length === 0) break
      const items = uncloned(where, await exactly(where, reader, length)) as readonly unknown[]
      count += items.length
      yield* items
    }
    const expected = Number((await exactly(where, reader, 8)).readBigUInt64BE())
    if (count !== expected) throw unreadable(where, `it holds ${count} items of ${expected}`)
  } finally {
    await reader.close()
  }
}

function checkItems(owner: string, start: number, items: readonly unknown[]): void {
  const part = unstorablePart(items)
  if (part === undefined) return
  // The path is that in the batch: value[7].when is the item at start + 7.
  const path = part.path.replace(/^value\[(\d+)\]/, (_all, index: string) => `value[${start + Number(index)}]`)
  throw notStorable(owner, `${path} is ${part.what}`)
}

async function exactly(where: string, reader: ChunkReader, count: number): Promise<Buffer> {
  const bytes = await reader.take(count)
  if (bytes.length < count) throw unreadable(where, 'it was cut off')
  return bytes
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value)
  return bytes
}

function uint64(value: number): Buffer {
  const bytes = Buffer.alloc(8)
  bytes.writeBigUInt64BE(BigInt(value))
  return bytes
}
