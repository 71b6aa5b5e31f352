import type * as Arrow from 'apache-arrow'
import type { Batch } from './batches.ts'
import { peer } from './peer.ts'
import { gathered } from './gathered.ts'
import { type Column, type ColumnKinds, type Row, RowColumns } from './row-columns.ts'

/** The library that makes Arrow tables. */
export type ArrowLibrary = typeof Arrow

/** @throws `PEER_MISSING` */
export function arrowLibrary(subpath: string): Promise<ArrowLibrary> {
  return peer('apache-arrow', () => import('apache-arrow'), subpath)
}

/** The fields of columns of rows. JSON becomes text. */
export function arrowSchema(
  arrow: ArrowLibrary,
  columns: readonly Column[],
  metadata: ReadonlyMap<string, string> = new Map(),
): Arrow.Schema {
  const fields = columns.map((column) => new arrow.Field(column.name, arrowType(arrow, column), true, fieldMetadata(column)))
  return new arrow.Schema(fields, new Map(metadata))
}

/** Some rows as a batch of a table. */
export function arrowBatch(arrow: ArrowLibrary, schema: Arrow.Schema, columns: readonly Column[], { items }: Batch): Arrow.RecordBatch {
  const children = columns.map((column, index) => {
    const { type } = schema.fields[index] as Arrow.Field<Arrow.DataType>
    const convert = conversions[column.kind ?? 'text'] ?? same
    const values = (items as readonly Row[]).map((row) => ((row[column.name] ?? null) === null ? null : convert(row[column.name], type)))
    return arrow.vectorFromArray(values, type).data[0] as Arrow.Data
  })
  const type = new arrow.Struct(schema.fields)
  return new arrow.RecordBatch(schema, arrow.makeData({ type, length: items.length, nullCount: 0, children }))
}

/**
 * A table of rows that come in groups, each of which becomes a batch.
 *
 * @param kinds - of the columns whose kind is known
 */
export async function arrowTable(arrow: ArrowLibrary, kinds: ColumnKinds, groups: AsyncIterable<readonly Row[]>): Promise<Arrow.Table> {
  const columns = new RowColumns('the table', kinds)
  const batches: Batch[] = []
  for (const items of await gathered(groups)) {
    const batch = { start: columns.rows, items }
    columns.add(batch)
    batches.push(batch)
  }
  const schema = arrowSchema(arrow, columns.columns)
  return new arrow.Table(
    schema,
    batches.map((batch) => arrowBatch(arrow, schema, columns.columns, batch)),
  )
}

type Conversion = (value: unknown, type: Arrow.DataType) => unknown

const same: Conversion = (value) => value

const conversions: Readonly<Partial<Record<string, Conversion>>> = {
  integer: (value, type) => ((type as Arrow.Int).bitWidth === 64 ? BigInt(value as number) : value),
  json: (value) => JSON.stringify(value),
  date: (value) => (value as Date).getTime(),
}

function arrowType(arrow: ArrowLibrary, { kind, isNarrow }: Column): Arrow.DataType {
  switch (kind) {
    case 'boolean':
      return new arrow.Bool()
    case 'integer':
      return isNarrow ? new arrow.Int32() : new arrow.Int64()
    case 'bigint':
      return new arrow.Int64()
    case 'number':
      return new arrow.Float64()
    case 'date':
      return new arrow.Timestamp(arrow.TimeUnit.MILLISECOND, 'UTC')
    case 'bytes':
      return new arrow.Binary()
    case 'json':
    case 'text':
    case undefined:
      return new arrow.Utf8()
  }
}

/** What the type doesn't say of a column: which texts are JSON, which 64 bits are a number. */
function fieldMetadata({ kind }: Column): Map<string, string> {
  return new Map(kind === undefined ? [] : [['assetry', kind]])
}
