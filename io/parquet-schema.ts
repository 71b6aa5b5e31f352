import type { SchemaElement } from 'hyparquet'
import type { Column, ColumnKind, ColumnKinds } from './row-columns.ts'

/** How a column is kept in Parquet. */
export interface ParquetColumn {
  readonly name: string
  readonly element: SchemaElement
  /** The type, for people: `INT64`, `TIMESTAMP`. */
  readonly type: string
  /** From what a row has to what Parquet keeps. */
  readonly convert: (value: unknown) => unknown
}

/** Parquet's types for columns of rows; each may be null. */
export function parquetColumns(columns: readonly Column[]): readonly ParquetColumn[] {
  return columns.map((column) => {
    const { type, element, convert = same } = parquetType(column)
    return { name: column.name, element: { name: column.name, repetition_type: 'OPTIONAL', ...element }, type, convert }
  })
}

interface ParquetType {
  readonly type: string
  readonly element: Omit<SchemaElement, 'name'>
  readonly convert?: (value: unknown) => unknown
}

const same = (value: unknown): unknown => value
const instant = { type: 'TIMESTAMP', isAdjustedToUTC: true, unit: 'MILLIS' } as const
const text: ParquetType = { type: 'STRING', element: { type: 'BYTE_ARRAY', converted_type: 'UTF8' } }

function parquetType({ kind, isNarrow }: Column): ParquetType {
  switch (kind) {
    case 'boolean':
      return { type: 'BOOLEAN', element: { type: 'BOOLEAN' } }
    case 'integer':
      if (isNarrow) return { type: 'INT32', element: { type: 'INT32' } }
      return { type: 'INT64', element: { type: 'INT64' }, convert: (value) => BigInt(value as number) }
    case 'bigint':
      return { type: 'INT64', element: { type: 'INT64' } }
    case 'number':
      return { type: 'DOUBLE', element: { type: 'DOUBLE' } }
    case 'date':
      return { type: 'TIMESTAMP', element: { type: 'INT64', converted_type: 'TIMESTAMP_MILLIS', logical_type: instant } }
    case 'bytes':
      return { type: 'BYTE_ARRAY', element: { type: 'BYTE_ARRAY' } }
    case 'json':
      return { type: 'JSON', element: { type: 'BYTE_ARRAY', converted_type: 'JSON' } }
    case 'text':
    case undefined:
      return text
  }
}

/**
 * The kinds of the columns of a file, by their types; without those that only their values tell.
 *
 * @param numbers - columns of 64 bits that were numbers
 */
export function kindsOfElements(elements: readonly SchemaElement[], numbers: readonly string[]): ColumnKinds {
  const kinds = elements.map((element) => [element.name, numbers.includes(element.name) ? 'integer' : kindOfElement(element)] as const)
  return Object.fromEntries(kinds.filter((each): each is readonly [string, ColumnKind] => each[1] !== undefined))
}

function kindOfElement({ type, converted_type: converted }: SchemaElement): ColumnKind | undefined {
  if (converted === 'TIMESTAMP_MILLIS') return 'date'
  if (converted === 'UTF8') return 'text'
  if (converted === 'JSON') return 'json'
  if (converted !== undefined || type === undefined) return undefined
  return kindsOfTypes[type]
}

const kindsOfTypes: Readonly<Partial<Record<NonNullable<SchemaElement['type']>, ColumnKind>>> = {
  BOOLEAN: 'boolean',
  INT32: 'integer',
  INT64: 'bigint',
  DOUBLE: 'number',
  BYTE_ARRAY: 'bytes',
}
