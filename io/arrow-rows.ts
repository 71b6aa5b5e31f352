import { AssetryError } from '../definitions/errors.ts'
import type { ArrowBatch, ArrowField, ArrowTable } from './arrow-table.ts'
import type { ColumnKind, ColumnKinds, Row } from './row-columns.ts'

/** Type ids of the Arrow format (Schema.fbs, `union Type`; -1 is the JavaScript library's own). */
const ids = {
  null: 1,
  int: 2,
  float: 3,
  binary: 4,
  utf8: 5,
  bool: 6,
  date: 8,
  timestamp: 10,
  largeBinary: 19,
  largeUtf8: 20,
  dictionary: -1,
} as const

const kinds: Readonly<Record<number, ColumnKind>> = {
  [ids.null]: 'text',
  [ids.float]: 'number',
  [ids.binary]: 'bytes',
  [ids.utf8]: 'text',
  [ids.bool]: 'boolean',
  [ids.date]: 'date',
  [ids.timestamp]: 'date',
  [ids.largeBinary]: 'bytes',
  [ids.largeUtf8]: 'text',
}

/**
 * The rows of an Arrow table, one by one, and the kinds of its columns.
 *
 * @throws `VALUE_NOT_STORABLE` naming a column whose type has no kind: lists, structs, decimals, times
 */
export function rowsOfTable(table: ArrowTable, owner: string): { readonly kinds: ColumnKinds; readonly rows: IterableIterator<Row> } {
  const { fields } = table.schema
  const kindOfField = Object.fromEntries(fields.map((field) => [field.name, kindOf(field, owner)]))
  return { kinds: kindOfField, rows: rowsOf(table, fields, kindOfField) }
}

function* rowsOf({ batches }: ArrowTable, fields: readonly ArrowField[], kindOfField: ColumnKinds): Generator<Row> {
  for (const batch of batches) {
    const columns = fields.map(({ name }, index) => ({ name, isDate: kindOfField[name] === 'date', values: batch.getChildAt(index) }))
    for (let index = 0; index < batch.numRows; index += 1) yield rowAt(columns, index)
  }
}

interface BatchColumn {
  readonly name: string
  readonly isDate: boolean
  readonly values: ReturnType<ArrowBatch['getChildAt']>
}

function rowAt(columns: readonly BatchColumn[], index: number): Row {
  const row: Record<string, unknown> = {}
  for (const { name, isDate, values } of columns) {
    const value = values?.get(index) ?? null
    // Dates and timestamps are given as milliseconds since 1970; one with a fraction has no Date that is the same.
    row[name] = isDate && Number.isInteger(value) ? new Date(value as number) : value
  }
  return row
}

function kindOf({ name, type }: ArrowField, owner: string): ColumnKind {
  const { typeId, bitWidth } = type.typeId === ids.dictionary && type.dictionary !== undefined ? type.dictionary : type
  const kind = typeId === ids.int ? kindOfInt(bitWidth) : kinds[typeId]
  if (kind !== undefined) return kind
  throw new AssetryError(
    'VALUE_NOT_STORABLE',
    `The value of ${owner} can't be stored as a table of rows: its column "${name}" has the Arrow type ${String(type)}. Cast it, or use arrowIOManager() of assetry/io/arrow, which keeps it.`,
    { facts: { owner, column: name, type: String(type) } },
  )
}

function kindOfInt(bitWidth = 64): ColumnKind {
  return bitWidth > 32 ? 'bigint' : 'integer'
}
