import type { Table } from 'apache-arrow'
import type { AnyAsset } from '../definitions/asset.ts'
import type { Input } from '../definitions/input.ts'
import { type ShapedInput, withMetadata } from '../definitions/input-shape.ts'
import type { IOManager } from '../definitions/io-manager.ts'
import { arrowLibrary, arrowTable } from './arrow-build.ts'
import { type ArrowReading, type ArrowSource, openArrow, recordBatches, rowsOfBatch } from './arrow-read.ts'
import { isArrowTable } from './arrow-table.ts'
import { ArrowFile, recordBatchLimits } from './arrow-write.ts'
import type { Blob } from './blob-store.ts'
import { fileManager, type FileManagerOptions } from './file-manager.ts'
import { gathered } from './gathered.ts'
import { lazyItems } from './lazy-items.ts'
import type { ColumnKinds, Row } from './row-columns.ts'
import { noteKey } from './table-note.ts'
import { tableValue } from './table-value.ts'
import type { BlobSource, DecodeContext, ValueFormat } from './value-format.ts'

export type { FileManagerOptions } from './file-manager.ts'
export type { ColumnKind, ColumnKinds } from './row-columns.ts'
export type { ValueFormat } from './value-format.ts'

const subpath = 'assetry/io/arrow'

/** How Arrow files are written. */
export interface ArrowFormatOptions {
  /**
   * Kinds of columns that are not to be found out from the rows. A stream's columns are settled by its first rows; name
   * here what these don't show, such as columns that begin with null.
   */
  readonly columns?: ColumnKinds
}

/** Options of {@link arrowIOManager}. */
export interface ArrowManagerOptions extends FileManagerOptions, ArrowFormatOptions {}

/**
 * Keeps one Arrow IPC file a value, `<key>/<partition>.arrow`: Arrow tables with all their types, arrays of rows and
 * streams of rows, each loaded as what it was saved as. Reports `rows` and `schema` by itself. Needs `apache-arrow`.
 *
 * @example
 * ```ts
 * const prices = asset({ key: 'prices', ioManager: arrowIOManager(), materialize: () => tableFromArrays({ price: Float64Array.of(1, 2) }) })
 * ```
 */
export function arrowIOManager({ columns, ...files }: ArrowManagerOptions = {}): IOManager {
  return fileManager(arrowFormat(columns && { columns }), files)
}

/** Arrow IPC files as a format, for IO managers that take one: `s3IOManager({ bucket, format: arrowFormat() })`. */
export function arrowFormat({ columns }: ArrowFormatOptions = {}): ValueFormat {
  return {
    name: 'arrow',
    extensions: ['.arrow'],
    async encode(value, { owner, signal }) {
      const file = new ArrowFile(await arrowLibrary(subpath))
      const content = isArrowTable(value)
        ? file.ofTable(value as unknown as Table, signal)
        : file.ofRows(tableValue(value, { owner, limits: recordBatchLimits, declared: columns, signal }))
      return { extension: '.arrow', content, facts: () => file.facts() }
    },
    decode,
  }
}

/**
 * Reads an upstream asset as an Arrow table, however it was saved; for IO managers that keep tables.
 *
 * @example
 * ```ts
 * inputs: { orders: asTable(orders) }
 * ```
 */
export function asTable<TAsset extends AnyAsset>(asset: TAsset | Input<TAsset>): ShapedInput<Table> {
  return withMetadata(asset, { as: 'table' })
}

async function decode(source: BlobSource, { shape, columns, signal }: DecodeContext): Promise<unknown> {
  try {
    const arrow = await arrowLibrary(subpath)
    const reading: ArrowReading = { arrow, where: source.where, columns, signal }
    const opened = await openArrow(source.first, reading)
    switch (shape ?? opened.note.shape) {
      case 'rows':
        return (await gathered(groups(opened, reading))).flat()
      case 'table':
        return await tableOf(opened, reading)
      case 'stream':
        return lazyItems(source, (blob) => rowsOf(blob, reading))
    }
  } finally {
    await source.first.close()
  }
}

/** The batches as they lie in the file; of a file of rows, a table of these rows as they were. */
async function tableOf(source: ArrowSource, reading: ArrowReading): Promise<Table> {
  if (source.note.shape !== 'table') return arrowTable(reading.arrow, kindsOf(source), groups(source, reading))
  const table = new reading.arrow.Table(source.schema, await gathered(recordBatches(source, reading)))
  return reading.columns === undefined ? table : table.select([...reading.columns])
}

function kindsOf({ fields }: ArrowSource): ColumnKinds {
  return Object.fromEntries(
    fields.flatMap(({ name, metadata }) => (metadata.has(noteKey) ? [[name, metadata.get(noteKey)]] : [])),
  ) as ColumnKinds
}

async function* groups(source: ArrowSource, reading: ArrowReading): AsyncGenerator<readonly Row[]> {
  for await (const batch of recordBatches(source, reading)) yield rowsOfBatch(batch, source)
}

async function* rowsOf(blob: Blob, reading: ArrowReading): AsyncGenerator<Row> {
  for await (const rows of groups(await openArrow(blob, reading), reading)) yield* rows
}
