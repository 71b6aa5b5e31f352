import type { Batch } from './batches.ts'
import type { Column, ColumnKind, Row, TextCheck } from './row-columns.ts'
import type { NamingRules, TableName } from './sql-table-name.ts'

/** What tables in a database are kept by; `duckdb` and `postgres` have one each. */
export interface SqlDialect {
  /** Of the IO manager, and in errors. */
  readonly name: string
  readonly naming: NamingRules
  /** The type that a column gets. */
  typeOf(column: Column): string
  /** What a type of this dialect holds. Undefined for types that {@link typeOf} doesn't give. */
  kindOf(type: string): SqlKind | undefined
  /** Finds in texts what a database of this dialect can't keep. Undefined: it keeps all. */
  readonly refusesText?: TextCheck
  /** Opens a connection for one save or load. */
  open(signal: AbortSignal): Promise<SqlSession>
}

/** What a type of a database holds. */
export interface SqlKind {
  readonly kind: ColumnKind
  /** Whether integers have at most 32 bits. */
  readonly isNarrow: boolean
}

/** A table that is there. */
export interface ExistingTable {
  readonly columns: readonly { readonly name: string; readonly type: string }[]
  readonly comment: string | null
}

/** One connection to a database. */
export interface SqlSession {
  /** A table's name as statements take it. */
  qualified(table: TableName): string
  /** The name of a temporary table: one that only this session knows, and that ends with it. */
  temporary(table: string): TableName
  run(sql: string, params?: readonly string[]): Promise<void>
  /** The rows of a query, all of them. */
  query(sql: string, params?: readonly string[]): Promise<readonly Row[]>
  /** The rows of a query, some at a time, in the order in which they were added to their table. */
  stream(sql: string, params?: readonly string[]): AsyncIterable<readonly Row[]>
  /** Undefined where there is no such table. */
  describe(table: TableName): Promise<ExistingTable | undefined>
  /** Makes a schema where it is not there yet. Others may do the same at the same time. */
  createSchema(schema: string): Promise<void>
  /** Adds rows to the end of a table that only this session knows. */
  append(table: TableName, columns: readonly Column[], batch: Batch): Promise<void>
  /** Keeps other saves from changing a table, until the transaction ends. */
  lock(table: TableName): Promise<void>
  /** A transaction in which no other save changes this table. */
  exclusively<TResult>(table: TableName, work: () => Promise<TResult>): Promise<TResult>
  close(): Promise<void>
}
