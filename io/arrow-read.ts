import type { FileHandle } from 'node:fs/promises'
import type * as Arrow from 'apache-arrow'
import type { ArrowLibrary } from './arrow-build.ts'
import type { Blob } from './blob-store.ts'
import type { Row } from './row-columns.ts'
import { noNote, noteKey, parsedNote, restore, type TableNote } from './table-note.ts'
import { refuseUnknownColumns } from './unknown-column.ts'
import { unreadable } from './value-codec.ts'

/** What is read of a file. */
export interface ArrowReading {
  readonly arrow: ArrowLibrary
  /** Where it is, for the text of errors. */
  readonly where: string
  /** Undefined: all. */
  readonly columns: readonly string[] | undefined
  readonly signal: AbortSignal
}

/** An Arrow IPC file that is open. */
export interface ArrowSource {
  readonly reader: Arrow.AsyncRecordBatchFileReader
  readonly schema: Arrow.Schema
  /** A file that Assetry didn't write, or wrote of a table, is a table. */
  readonly note: TableNote
  /** Of the columns that are asked for, in this order. */
  readonly fields: readonly Arrow.Field[]
}

/** The last bytes of a file. */
const magic = Buffer.from('ARROW1')

/** @throws `VALUE_UNREADABLE` */
export async function openArrow(blob: Blob, { arrow, where, columns }: ArrowReading): Promise<ArrowSource> {
  const end = await blob.slice(Math.max(0, blob.byteLength - magic.length), blob.byteLength)
  if (!end.equals(magic)) throw unreadable(where, 'it does not end as an Arrow file does')
  return readable(where, async () => {
    const opened = (await arrow.RecordBatchReader.from(handleOf(blob))) as Arrow.AsyncRecordBatchFileReader
    const { schema } = await opened.open({ autoDestroy: false })
    const names = schema.fields.map(({ name }) => name)
    refuseUnknownColumns(where, columns, names)
    const note = schema.metadata.get(noteKey)
    const wanted = (columns ?? names).map((name) => schema.fields[names.indexOf(name)] as Arrow.Field)
    return { reader: opened, schema, note: note === undefined ? { ...noNote, shape: 'table' } : parsedNote(note), fields: wanted }
  })
}

/** The library reads files by their handle; this is what it uses of one. */
function handleOf(blob: Blob): FileHandle {
  const handle = {
    fd: 0,
    stat: () => Promise.resolve({ size: blob.byteLength }),
    read: async (buffer: Uint8Array, offset: number, length: number, position: number) => {
      const bytes = await blob.slice(position, position + length)
      buffer.set(bytes, offset)
      return { bytesRead: bytes.length, buffer }
    },
    close: () => Promise.resolve(),
  }
  return handle as unknown as FileHandle
}

/** The record batches of a file, one at a time. @throws `VALUE_UNREADABLE` */
export async function* recordBatches({ reader }: ArrowSource, { where, signal }: ArrowReading): AsyncGenerator<Arrow.RecordBatch> {
  for (let index = 0; index < reader.numRecordBatches; index += 1) {
    signal.throwIfAborted()
    const batch = await readable(where, () => reader.readRecordBatch(index))
    if (batch === null) throw unreadable(where, `record batch ${index} is missing`)
    yield batch
  }
}

/** The rows of a record batch, as they were saved. */
export function rowsOfBatch(batch: Arrow.RecordBatch, { note, fields }: ArrowSource): readonly Row[] {
  const columns = fields.map((field) => ({
    name: field.name,
    values: batch.getChild(field.name),
    convert: conversionOf(field),
  }))
  const rows = Array.from({ length: batch.numRows }, (_each, index) => {
    const row: Record<string, unknown> = {}
    for (const { name, values, convert } of columns) {
      const value: unknown = values?.get(index) ?? null
      row[name] = value === null ? null : convert(value)
    }
    return row
  })
  return restore(rows, note)
}

/** Type ids of the Arrow format for dates and timestamps. */
const dates: readonly number[] = [8, 10]

function conversionOf({ metadata, type }: Arrow.Field): (value: unknown) => unknown {
  if (metadata.get(noteKey) === 'json') return (value) => JSON.parse(value as string) as unknown
  const { typeId } = type as Arrow.DataType
  return dates.includes(typeId) ? (value) => new Date(Number(value)) : plain
}

/** Lists and structs of a table, as arrays and objects. */
function plain(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return value
  const { toJSON } = value as { readonly toJSON?: unknown }
  if (typeof toJSON !== 'function') return value
  const json: unknown = toJSON.call(value)
  if (Array.isArray(json)) return json.map(plain)
  if (typeof json !== 'object' || json === null) return json
  return Object.fromEntries(Object.entries(json).map(([key, item]) => [key, plain(item)]))
}

async function readable<TResult>(where: string, read: () => Promise<TResult>): Promise<TResult> {
  try {
    return await read()
  } catch (error) {
    // What the file system, the network or Assetry says is not about the bytes.
    if (typeof (error as NodeJS.ErrnoException).code === 'string' || (error as Error).name === 'AbortError') throw error
    throw unreadable(where, error instanceof Error ? error.message : String(error), error)
  }
}
