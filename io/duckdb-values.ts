import type { DuckDBConnection, DuckDBDataChunk, DuckDBResult, DuckDBType, DuckDBValue } from '@duckdb/node-api'
import type { DuckDBLibrary } from './duckdb-library.ts'
import type { Column, ColumnKind, Row } from './row-columns.ts'

/** A parameter of a statement. */
export type DuckDBParameter = string | number | bigint | boolean | Date | Uint8Array | null

/** Parameters by position (`$1`, `?`) or by name (`$day`). */
export type DuckDBParameters = readonly DuckDBParameter[] | Readonly<Record<string, DuckDBParameter>>

/** How a column's values go into DuckDB. */
export interface DuckDBColumn {
  readonly type: DuckDBType
  readonly convert: (value: unknown) => DuckDBValue
}

const asIs = (value: unknown): DuckDBValue => value as DuckDBValue

/** The type and the conversion for the values of a column of rows. */
export function duckdbColumn(library: DuckDBLibrary, { kind, isNarrow }: Column): DuckDBColumn {
  switch (kind) {
    case 'boolean':
      return { type: library.BOOLEAN, convert: asIs }
    case 'integer':
      return isNarrow ? { type: library.INTEGER, convert: asIs } : { type: library.BIGINT, convert: (value) => BigInt(value as number) }
    case 'bigint':
      return { type: library.BIGINT, convert: asIs }
    case 'number':
      return { type: library.DOUBLE, convert: asIs }
    case 'date':
      return { type: library.TIMESTAMPTZ, convert: (value) => timestamp(library, value as Date) }
    case 'bytes':
      return { type: library.BLOB, convert: (value) => new library.DuckDBBlobValue(value as Uint8Array) }
    case 'json':
      return { type: library.VARCHAR, convert: (value) => JSON.stringify(value) }
    case 'text':
    case undefined:
      return { type: library.VARCHAR, convert: asIs }
  }
}

/** Parameters as the library takes them. */
export function duckdbParameters(library: DuckDBLibrary, params: DuckDBParameters): DuckDBValue[] | Record<string, DuckDBValue> {
  if (Array.isArray(params)) return (params as readonly DuckDBParameter[]).map((value) => parameter(library, value))
  return Object.fromEntries(Object.entries(params).map(([name, value]) => [name, parameter(library, value)]))
}

function parameter(library: DuckDBLibrary, value: DuckDBParameter): DuckDBValue {
  if (value instanceof Date) return timestamp(library, value)
  return value instanceof Uint8Array ? new library.DuckDBBlobValue(value) : value
}

/** Microseconds since 1970. */
function timestamp(library: DuckDBLibrary, date: Date): DuckDBValue {
  return new library.DuckDBTimestampTZValue(BigInt(date.getTime()) * 1_000n)
}

/** A query, and the connection that runs it. */
export interface DuckDBQuery {
  readonly library: DuckDBLibrary
  readonly connection: DuckDBConnection
  readonly sql: string
  readonly params: DuckDBValue[] | Record<string, DuckDBValue>
}

/** The rows of a query, a chunk of at most 2,048 at a time. JSON is parsed; integers of 64 bits are bigints, timestamps dates. */
export async function* rowsOfQuery({ library, connection, sql, params }: DuckDBQuery): AsyncGenerator<readonly Row[]> {
  const result = await connection.stream(sql, params)
  const names = result.deduplicatedColumnNames()
  const isJson = result.columnTypes().map((type) => type.alias === 'JSON')
  let isDone = false
  try {
    for await (const chunk of result) {
      const rows = rowsOfChunk(library, chunk, { names, isJson })
      // What it holds is outside JavaScript's memory, whose collector would let hundreds of them pile up.
      chunk.reset()
      yield rows
    }
    isDone = true
  } finally {
    if (!isDone) await giveUp(connection, result)
  }
}

/** A result that is not read to its end keeps its database open, and the next one to open the file would wait for ever. */
async function giveUp(connection: DuckDBConnection, result: DuckDBResult): Promise<void> {
  connection.interrupt()
  try {
    for (;;) {
      const chunk = await result.fetchChunk()
      if (chunk === null || chunk.rowCount === 0) return
    }
  } catch {
    // Interrupted, as it was told.
  }
}

interface ResultColumns {
  readonly names: readonly string[]
  readonly isJson: readonly boolean[]
}

function rowsOfChunk(library: DuckDBLibrary, chunk: DuckDBDataChunk, { names, isJson }: ResultColumns): readonly Row[] {
  const columns = chunk.convertColumns(library.JSDuckDBValueConverter)
  return Array.from({ length: chunk.rowCount }, (_each, row) => {
    const entries = names.map((name, column): [string, unknown] => {
      const value: unknown = columns[column]?.[row]
      return [name, isJson[column] === true && typeof value === 'string' ? (JSON.parse(value) as unknown) : value]
    })
    return Object.fromEntries(entries)
  })
}

/** DuckDB's name for the type of a column of rows. */
export function duckdbType({ kind, isNarrow }: Column): string {
  if (kind === 'integer' && isNarrow) return 'INTEGER'
  return kind === undefined ? 'VARCHAR' : typesOfKinds[kind]
}

const typesOfKinds: Readonly<Record<ColumnKind, string>> = {
  boolean: 'BOOLEAN',
  integer: 'BIGINT',
  bigint: 'BIGINT',
  number: 'DOUBLE',
  text: 'VARCHAR',
  date: 'TIMESTAMP WITH TIME ZONE',
  bytes: 'BLOB',
  json: 'JSON',
}
