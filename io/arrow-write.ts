import type * as Arrow from 'apache-arrow'
import type { MetadataInput } from '../definitions/metadata-value.ts'
import { type ArrowLibrary, arrowBatch, arrowSchema } from './arrow-build.ts'
import type { BatchLimits } from './batches.ts'
import type { Column } from './row-columns.ts'
import { tableFacts } from './table-facts.ts'
import { noteKey, noteOf } from './table-note.ts'
import type { TableValue } from './table-value.ts'

/** A record batch: what is held at a time, in writing and in reading. */
export const recordBatchLimits: BatchLimits = { items: 65_536, bytes: 8 * 1024 * 1024 }

/** Writes one Arrow IPC file, a record batch at a time. */
export class ArrowFile {
  readonly #arrow: ArrowLibrary
  #rows = 0
  #schema: Arrow.Schema | undefined

  constructor(arrow: ArrowLibrary) {
    this.#arrow = arrow
  }

  /** A file of rows. @throws `VALUE_NOT_STORABLE` */
  async *ofRows({ batches, columns, shape }: TableValue): AsyncGenerator<Uint8Array> {
    const file = new FileWriter(this.#arrow)
    let settled: readonly Column[] | undefined
    const settle = (): readonly Column[] => {
      if (shape === 'stream') columns.fix()
      this.#schema = file.begin(arrowSchema(this.#arrow, columns.columns))
      return columns.columns
    }
    for await (const batch of batches) {
      settled ??= settle()
      yield* file.add(arrowBatch(this.#arrow, file.schema, settled, batch))
    }
    settled ??= settle()
    this.#rows = columns.rows
    yield* file.end(JSON.stringify(noteOf(shape, columns.columns)))
  }

  /** A file of a table, as it is. */
  async *ofTable(table: Arrow.Table, signal: AbortSignal): AsyncGenerator<Uint8Array> {
    const file = new FileWriter(this.#arrow)
    // What an earlier file said of itself is not true of this one.
    const metadata = new Map([...table.schema.metadata].filter(([key]) => key !== noteKey))
    this.#schema = file.begin(new this.#arrow.Schema(table.schema.fields, metadata, table.schema.dictionaries))
    for (const batch of table.batches) {
      signal.throwIfAborted()
      yield* file.add(new this.#arrow.RecordBatch(file.schema, batch.data))
    }
    this.#rows = table.numRows
    yield* file.end(undefined)
  }

  /** What the file says of itself, when all has been written. */
  facts(): Readonly<Record<string, MetadataInput>> {
    const fields = this.#schema?.fields ?? []
    return tableFacts(
      this.#rows,
      fields.map(({ name, type }) => ({ name, type: String(type) })),
    )
  }
}

/** The library's writer, which hands out what it has written instead of queueing it. */
class FileWriter {
  schema: Arrow.Schema
  readonly #writer: Arrow.RecordBatchFileWriter
  readonly #take: () => readonly Uint8Array[]
  readonly #sink: Arrow.AsyncByteQueue

  constructor(arrow: ArrowLibrary) {
    class Sink extends arrow.AsyncByteQueue {
      taken(): readonly Uint8Array[] {
        return this._values.splice(0)
      }
    }
    const sink = new Sink()
    this.schema = new arrow.Schema([])
    this.#writer = new arrow.RecordBatchFileWriter()
    this.#sink = sink
    this.#take = () => sink.taken()
  }

  begin(schema: Arrow.Schema): Arrow.Schema {
    this.schema = schema
    this.#writer.reset(this.#sink, schema)
    return schema
  }

  add(batch: Arrow.RecordBatch): readonly Uint8Array[] {
    this.#writer.write(batch)
    return this.#take()
  }

  /** The schema is written again at the end, which is where readers look: by then all is known. */
  end(note: string | undefined): readonly Uint8Array[] {
    if (note !== undefined) this.schema.metadata.set(noteKey, note)
    this.#writer.finish()
    return this.#take()
  }
}
