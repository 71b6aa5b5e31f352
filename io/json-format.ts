import { AssetryError } from '../definitions/errors.ts'
import { isStream } from '../definitions/stream.ts'
import { type Batch, type BatchLimits, batchesOf } from './batches.ts'
import type { Blob } from './blob-store.ts'
import { countedRows } from './counted-rows.ts'
import { unjsonablePart } from './json-check.ts'
import { lazyItems } from './lazy-items.ts'
import { unreadable } from './value-codec.ts'
import type { ValueFormat } from './value-format.ts'

/** About 1 MiB of lines are put together before they are written, or 4,096 of them. */
const lineLimits: BatchLimits = { items: 4_096, bytes: 1024 * 1024 }

/** Values as JSON (`.json`), and streams as JSON lines (`.ndjson`), one item a line. */
export const jsonFormat: ValueFormat = {
  name: 'json',
  extensions: ['.json', '.ndjson'],
  encode(value, { owner, signal }) {
    if (!isStream(value)) return { extension: '.json', content: encodeJson(owner, value) }
    const counted = countedRows(batchesOf(value, lineLimits, signal))
    return { extension: '.ndjson', content: encodeLines(owner, counted.batches), facts: counted.facts }
  },
  async decode(source) {
    const { first, extension, where } = source
    try {
      if (extension === '.json') return parsed(where, (await first.slice(0, first.byteLength)).toString('utf8'))
    } finally {
      await first.close()
    }
    return lazyItems(source, (blob) => decodeLines(where, blob))
  },
}

function encodeJson(owner: string, value: unknown): Uint8Array {
  refuseUnjsonable(owner, value, 'value')
  return Buffer.from(`${JSON.stringify(value, undefined, 2)}\n`)
}

async function* encodeLines(owner: string, batches: AsyncIterable<Batch>): AsyncGenerator<Buffer> {
  for await (const { start, items } of batches) {
    const lines = items.map((item, index) => {
      refuseUnjsonable(owner, item, `value[${start + index}]`)
      return `${JSON.stringify(item)}\n`
    })
    yield Buffer.from(lines.join(''))
  }
}

async function* decodeLines(where: string, blob: Blob): AsyncGenerator {
  let number = 0
  for await (const lines of linesOf(blob)) {
    for (const line of lines) yield parsed(`${where}, line ${(number += 1)},`, line)
  }
}

/** The lines that each chunk completes. */
async function* linesOf(blob: Blob): AsyncGenerator<readonly string[]> {
  const decoder = new TextDecoder()
  // Pieces of one line: put together when its end has come, as a line may be longer than many chunks.
  let pieces: string[] = []
  for await (const chunk of blob.chunks()) {
    const lines = decoder.decode(chunk, { stream: true }).split('\n')
    const last = lines.pop() ?? ''
    if (lines.length > 0) {
      lines[0] = pieces.join('') + lines[0]
      pieces = []
      yield lines
    }
    pieces.push(last)
  }
  const rest = pieces.join('') + decoder.decode()
  if (rest !== '') yield [rest]
}

function refuseUnjsonable(owner: string, value: unknown, path: string): void {
  const part = unjsonablePart(value, path)
  if (part === undefined) return
  throw new AssetryError(
    'VALUE_NOT_STORABLE',
    `The value of ${owner} can't be stored as JSON: ${part.path} is ${part.what}. Return plain JSON, or use filesystemIOManager(), which keeps it.`,
    { facts: { owner, ...part } },
  )
}

function parsed(where: string, text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch (error) {
    throw unreadable(where, (error as Error).message, error)
  }
}
