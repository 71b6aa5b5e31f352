import { AssetryError } from '../definitions/errors.ts'
import type { IOManager } from '../definitions/io-manager.ts'
import { arrowLibrary, arrowTable } from './arrow-build.ts'
import type { Blob } from './blob-store.ts'
import { fileManager, type FileManagerOptions } from './file-manager.ts'
import { gathered } from './gathered.ts'
import { lazyItems } from './lazy-items.ts'
import { codecs, type ParquetCompression } from './parquet-compression.ts'
import { parquetFooter, type ParquetReading, rowGroups } from './parquet-read.ts'
import { ParquetFile, rowGroupLimits } from './parquet-write.ts'
import { peer } from './peer.ts'
import type { ColumnKinds, Row } from './row-columns.ts'
import { tableValue } from './table-value.ts'
import type { BlobSource, DecodeContext, ValueFormat } from './value-format.ts'

export type { FileManagerOptions } from './file-manager.ts'
export type { ParquetCompression } from './parquet-compression.ts'
export type { ColumnKind, ColumnKinds } from './row-columns.ts'
export type { ValueFormat } from './value-format.ts'

const subpath = 'assetry/io/parquet'

/** How Parquet files are written. */
export interface ParquetFormatOptions {
  /** @default 'snappy' */
  readonly compression?: ParquetCompression
  /**
   * Kinds of columns that are not to be found out from the rows. A stream's columns are settled by its first rows; name
   * here what these don't show, such as columns that begin with null, and whole numbers that are to stay `INT64`.
   */
  readonly columns?: ColumnKinds
}

/** Options of {@link parquetIOManager}. */
export interface ParquetManagerOptions extends FileManagerOptions, ParquetFormatOptions {}

/**
 * Keeps one Parquet file a value, `<key>/<partition>.parquet`: arrays of rows, streams of rows, and Arrow tables, each
 * loaded as what it was saved as. Reports `rows` and `schema` by itself. Needs `hyparquet` and `hyparquet-writer`; and
 * `apache-arrow` where tables are loaded.
 *
 * @example
 * ```ts
 * const orders = asset({ key: 'raw/orders', ioManager: parquetIOManager({ folder: '/data' }), materialize: () => fetchOrders() })
 * const revenue = asset({ key: 'revenue', inputs: { orders: onlyColumns(orders, ['amount']) }, … })
 * ```
 * @throws `INVALID_OPTION`
 */
export function parquetIOManager({ compression, columns, ...files }: ParquetManagerOptions = {}): IOManager {
  return fileManager(parquetFormat({ ...(compression && { compression }), ...(columns && { columns }) }), files)
}

/**
 * Parquet as a format, for IO managers that take one: `s3IOManager({ bucket, format: parquetFormat() })`.
 *
 * @throws `INVALID_OPTION`
 */
export function parquetFormat({ compression = 'snappy', columns }: ParquetFormatOptions = {}): ValueFormat {
  if (!Object.hasOwn(codecs, compression)) throw unknownCompression(compression)
  return {
    name: 'parquet',
    extensions: ['.parquet'],
    async encode(value, { owner, signal }) {
      const table = tableValue(value, { owner, limits: rowGroupLimits, declared: columns, signal })
      const file = new ParquetFile(await peer('hyparquet-writer', () => import('hyparquet-writer'), subpath), table, compression)
      return { extension: '.parquet', content: file.content(), facts: () => file.facts() }
    },
    decode,
  }
}

async function decode(source: BlobSource, { shape, columns, signal }: DecodeContext): Promise<unknown> {
  try {
    const library = await peer('hyparquet', () => import('hyparquet'), subpath)
    const reading: ParquetReading = { library, where: source.where, columns, signal }
    const footer = await parquetFooter(source.first, reading)
    switch (shape ?? footer.note.shape) {
      case 'rows':
        return (await gathered(rowGroups(source.first, footer, reading))).flat()
      case 'table':
        return await arrowTable(await arrowLibrary(subpath), footer.kinds, rowGroups(source.first, footer, reading))
      case 'stream':
        return lazyItems(source, (blob) => rowsOf(blob, reading))
    }
  } finally {
    await source.first.close()
  }
}

/** The footer is read again: by then another file may stand there. */
async function* rowsOf(blob: Blob, reading: ParquetReading): AsyncGenerator<Row> {
  for await (const rows of rowGroups(blob, await parquetFooter(blob, reading), reading)) yield* rows
}

function unknownCompression(compression: unknown): AssetryError {
  const known = Object.keys(codecs).join(', ')
  return new AssetryError('INVALID_OPTION', `parquetIOManager(): compression is ${JSON.stringify(compression)}. Use one of: ${known}.`, {
    facts: { compression },
  })
}
