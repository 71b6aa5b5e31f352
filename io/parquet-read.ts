import type * as Hyparquet from 'hyparquet'
import type { Blob } from './blob-store.ts'
import { decompressors } from './parquet-compression.ts'
import { kindsOfElements } from './parquet-schema.ts'
import type { ColumnKinds, Row } from './row-columns.ts'
import { noteKey, parsedNote, restore, type TableNote } from './table-note.ts'
import { refuseUnknownColumns } from './unknown-column.ts'
import { unreadable } from './value-codec.ts'

type ReaderLibrary = typeof Hyparquet

/** What is read of a file. */
export interface ParquetReading {
  readonly library: ReaderLibrary
  /** Where it is, for the text of errors. */
  readonly where: string
  /** Undefined: all. */
  readonly columns: readonly string[] | undefined
  readonly signal: AbortSignal
}

/** What a Parquet file says of itself. */
export interface ParquetFooter {
  readonly metadata: Hyparquet.FileMetaData
  readonly note: TableNote
  /** Of the columns that are asked for; without those that only their values tell. */
  readonly kinds: ColumnKinds
}

/** @throws `VALUE_UNREADABLE` */
export async function parquetFooter(blob: Blob, { library, where, columns }: ParquetReading): Promise<ParquetFooter> {
  const metadata = await readable(where, () => library.parquetMetadataAsync(asyncBuffer(blob)))
  const elements = library.parquetSchema(metadata).children.map(({ element }) => element)
  refuseUnknownColumns(
    where,
    columns,
    elements.map(({ name }) => name),
  )
  const note = parsedNote(metadata.key_value_metadata?.find(({ key }) => key === noteKey)?.value)
  const wanted = columns === undefined ? elements : elements.filter(({ name }) => columns.includes(name))
  return { metadata, note, kinds: kindsOfElements(wanted, note.numbers) }
}

/** The rows of a file, a row group at a time. @throws `VALUE_UNREADABLE` */
export async function* rowGroups(blob: Blob, { metadata, note }: ParquetFooter, reading: ParquetReading): AsyncGenerator<readonly Row[]> {
  let rowStart = 0
  for (const group of metadata.row_groups) {
    reading.signal.throwIfAborted()
    const rowEnd = rowStart + Number(group.num_rows)
    yield restore(await groupOf(blob, metadata, reading, { rowStart, rowEnd }), note)
    rowStart = rowEnd
  }
}

function groupOf(
  blob: Blob,
  metadata: Hyparquet.FileMetaData,
  reading: ParquetReading,
  range: { rowStart: number; rowEnd: number },
): Promise<Row[]> {
  const { library, where, columns } = reading
  const options = { file: asyncBuffer(blob), metadata, compressors: decompressors, parsers, utf8: false, ...range }
  return readable(where, () => library.parquetReadObjects({ ...options, ...(columns !== undefined && { columns: [...columns] }) }))
}

/** The library's own decoder takes a mark at the beginning of a text for one of byte order, and drops it. */
const parsers = {
  stringFromBytes: (bytes: Uint8Array | undefined): string | undefined =>
    bytes && Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8'),
}

function asyncBuffer(blob: Blob): Hyparquet.AsyncBuffer {
  return {
    byteLength: blob.byteLength,
    slice: async (start, end = blob.byteLength) => {
      const from = start < 0 ? blob.byteLength + start : start
      const { buffer, byteOffset, byteLength } = await blob.slice(from, end)
      return byteOffset === 0 && byteLength === buffer.byteLength
        ? (buffer as ArrayBuffer)
        : (buffer.slice(byteOffset, byteOffset + byteLength) as ArrayBuffer)
    },
  }
}

async function readable<TResult>(where: string, read: () => Promise<TResult>): Promise<TResult> {
  try {
    return await read()
  } catch (error) {
    // What the file system or the network says is not about the bytes.
    if (typeof (error as NodeJS.ErrnoException).code === 'string') throw error
    throw unreadable(where, error instanceof Error ? error.message : String(error), error)
  }
}
