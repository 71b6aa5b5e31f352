import type * as HyparquetWriter from 'hyparquet-writer'
import type { MetadataInput } from '../definitions/metadata-value.ts'
import type { Batch, BatchLimits } from './batches.ts'
import { codecs, compressors, type ParquetCompression } from './parquet-compression.ts'
import { type ParquetColumn, parquetColumns } from './parquet-schema.ts'
import type { Row } from './row-columns.ts'
import { tableFacts } from './table-facts.ts'
import { noteKey, noteOf } from './table-note.ts'
import type { TableValue } from './table-value.ts'

type WriterLibrary = typeof HyparquetWriter

/** A row group: what is held at a time, in writing and in reading. Larger ones compress little better. */
export const rowGroupLimits: BatchLimits = { items: 100_000, bytes: 16 * 1024 * 1024 }

/** Writes one Parquet file, a row group at a time. */
export class ParquetFile {
  readonly #library: WriterLibrary
  readonly #table: TableValue
  readonly #compression: ParquetCompression
  #columns: readonly ParquetColumn[] = []

  constructor(library: WriterLibrary, table: TableValue, compression: ParquetCompression) {
    this.#library = library
    this.#table = table
    this.#compression = compression
  }

  /** The file, in chunks. @throws `VALUE_NOT_STORABLE` */
  async *content(): AsyncGenerator<Uint8Array> {
    const sink = new this.#library.ByteWriter()
    let writer: InstanceType<WriterLibrary['ParquetWriter']> | undefined
    for await (const batch of this.#table.batches) {
      writer ??= this.#begin(sink)
      await writer.write({ columnData: this.#columns.map((column) => columnOf(column, batch)), rowGroupSize: batch.items.length })
      yield emptied(sink)
    }
    writer ??= this.#begin(sink)
    writer.kvMetadata = [{ key: noteKey, value: JSON.stringify(noteOf(this.#table.shape, this.#table.columns.columns)) }]
    await writer.finish()
    yield emptied(sink)
  }

  /** What the file says of itself, when all has been written. */
  facts(): Readonly<Record<string, MetadataInput>> {
    return tableFacts(this.#table.columns.rows, this.#columns)
  }

  /** The schema stands before the first row group is written, and can't be changed any more. */
  #begin(sink: HyparquetWriter.ByteWriter): InstanceType<WriterLibrary['ParquetWriter']> {
    const { columns, shape } = this.#table
    if (shape === 'stream') columns.fix()
    this.#columns = parquetColumns(columns.columns)
    const schema = [{ name: 'root', num_children: this.#columns.length }, ...this.#columns.map(({ element }) => element)]
    return new this.#library.ParquetWriter({ writer: sink, schema, codec: codecs[this.#compression], compressors, createdBy: 'assetry' })
  }
}

function columnOf({ name, convert }: ParquetColumn, { items }: Batch): HyparquetWriter.ColumnSource {
  const data = (items as readonly Row[]).map((row) => {
    const value = row[name] ?? null
    return value === null ? null : convert(value)
  })
  return { name, data }
}

/** What has gathered in the writer, which begins anew. */
function emptied(sink: HyparquetWriter.ByteWriter): Uint8Array {
  const bytes = sink.getBytes().slice()
  sink.index = 0
  return bytes
}
