import type { DuckDBConnection } from '@duckdb/node-api'
import type { Batch } from './batches.ts'
import type { DuckDBLibrary } from './duckdb-library.ts'
import { duckdbColumn, rowsOfQuery } from './duckdb-values.ts'
import { gathered } from './gathered.ts'
import type { Column, Row } from './row-columns.ts'
import type { ExistingTable, SqlSession } from './sql-dialect.ts'
import { quoted, type TableName } from './sql-table-name.ts'
import { inTransaction } from './sql-transaction.ts'

/** Most rows of a data chunk (DuckDB's STANDARD_VECTOR_SIZE). */
const chunkRows = 2_048

/** What a {@link DuckDBSession} is given. */
export interface DuckDBSessionParts {
  readonly library: DuckDBLibrary
  readonly connection: DuckDBConnection
  /** The database that the connection is to. */
  readonly catalog: string
  readonly signal: AbortSignal
  /** Runs work on a table when no other save of this process does. */
  readonly oneAtATime: <TResult>(table: string, work: () => Promise<TResult>) => Promise<TResult>
  readonly onClose: () => void
}

/** A connection to DuckDB, for one save or load. */
export class DuckDBSession implements SqlSession {
  readonly #parts: DuckDBSessionParts
  readonly #interrupt = (): void => this.#parts.connection.interrupt()

  constructor(parts: DuckDBSessionParts) {
    this.#parts = parts
    parts.signal.addEventListener('abort', this.#interrupt, { once: true })
  }

  qualified({ catalog = this.#parts.catalog, schema, table }: TableName): string {
    return [catalog, schema, table].map(quoted).join('.')
  }

  temporary(table: string): TableName {
    return { catalog: 'temp', schema: 'main', table }
  }

  async run(sql: string, params: readonly string[] = []): Promise<void> {
    await this.#parts.connection.run(sql, [...params])
  }

  async query(sql: string, params: readonly string[] = []): Promise<readonly Row[]> {
    return (await gathered(this.stream(sql, params))).flat()
  }

  async *stream(sql: string, params: readonly string[] = []): AsyncGenerator<readonly Row[]> {
    const { library, connection } = this.#parts
    yield* rowsOfQuery({ library, connection, sql, params: [...params] })
  }

  async describe({ schema, table }: TableName): Promise<ExistingTable | undefined> {
    const rows = await this.query(
      `select c.column_name as name, c.data_type as type, t.comment as comment
       from duckdb_tables() t join duckdb_columns() c on c.table_oid = t.table_oid and c.database_oid = t.database_oid
       where t.database_name = $1 and lower(t.schema_name) = lower($2) and lower(t.table_name) = lower($3)
       order by c.column_index`,
      [this.#parts.catalog, schema, table],
    )
    if (rows[0] === undefined) return undefined
    const columns = rows.map(({ name, type }) => ({ name: String(name), type: String(type) }))
    return { columns, comment: rows[0]['comment'] as string | null }
  }

  /** Two who create one schema at the same time get in each other's way. */
  async createSchema(schema: string): Promise<void> {
    const name = `${quoted(this.#parts.catalog)}.${quoted(schema)}`
    await this.#parts.oneAtATime(name, () => this.run(`create schema if not exists ${name}`))
  }

  async append(table: TableName, columns: readonly Column[], { items }: Batch): Promise<void> {
    const { library, connection } = this.#parts
    const converters = columns.map((column) => ({ name: column.name, ...duckdbColumn(library, column) }))
    const types = converters.map(({ type }) => type)
    const appender = await connection.createAppender(table.table, table.schema, table.catalog ?? this.#parts.catalog)
    for (let start = 0; start < items.length; start += chunkRows) {
      const rows = items.slice(start, start + chunkRows) as readonly Row[]
      const chunk = library.DuckDBDataChunk.create(types, rows.length)
      chunk.setColumns(converters.map(({ name, convert }) => rows.map((row) => ((row[name] ?? null) === null ? null : convert(row[name])))))
      appender.appendDataChunk(chunk)
      // What it holds is outside JavaScript's memory, whose collector would let hundreds of them pile up.
      chunk.reset()
    }
    appender.closeSync()
  }

  /** Where two change one table, DuckDB lets one of them fail. */
  lock(): Promise<void> {
    return Promise.resolve()
  }

  exclusively<TResult>(table: TableName, work: () => Promise<TResult>): Promise<TResult> {
    return this.#parts.oneAtATime(this.qualified(table), () => inTransaction((sql) => this.run(sql), work))
  }

  close(): Promise<void> {
    this.#parts.signal.removeEventListener('abort', this.#interrupt)
    this.#parts.connection.closeSync()
    this.#parts.onClose()
    return Promise.resolve()
  }
}
