import type { DuckDBConnection, DuckDBInstance } from '@duckdb/node-api'
import { type DuckDBLibrary, duckdbLibrary } from './duckdb-library.ts'
import { type DuckDBPlace, openInstance } from './duckdb-open.ts'
import { type DuckDBParameters, duckdbParameters, rowsOfQuery } from './duckdb-values.ts'
import type { Row } from './row-columns.ts'
import { inTransaction } from './sql-transaction.ts'

/**
 * A DuckDB database. Any number of steps may use it at once: each statement has a connection of its own while it runs.
 */
export class DuckDB {
  /** The library's own object, for what is not offered here. */
  readonly instance: DuckDBInstance
  readonly #library: DuckDBLibrary
  readonly #idle: DuckDBConnection[] = []
  readonly #open = new Set<DuckDBConnection>()

  /** Use {@link openDuckDB}. */
  constructor(library: DuckDBLibrary, instance: DuckDBInstance) {
    this.#library = library
    this.instance = instance
  }

  /** The rows of a query. Integers of 64 bits are bigints, timestamps and dates are dates, JSON is parsed. */
  async query<TRow = Row>(sql: string, params: DuckDBParameters = []): Promise<TRow[]> {
    const rows: Row[] = []
    for await (const some of this.#groups(sql, params)) rows.push(...some)
    return rows as TRow[]
  }

  /** The rows of a query, read as they are iterated. */
  async *stream<TRow = Row>(sql: string, params: DuckDBParameters = []): AsyncGenerator<TRow> {
    for await (const rows of this.#groups(sql, params)) yield* rows as readonly TRow[]
  }

  /** Runs a statement, and gives the number of rows that it changed. */
  async run(sql: string, params: DuckDBParameters = []): Promise<number> {
    return this.#withConnection(async (connection) => (await connection.run(sql, duckdbParameters(this.#library, params))).rowsChanged)
  }

  /** Does all of `work` or nothing. Its statements go to the connection that it gets. */
  async transaction<TResult>(work: (connection: DuckDBConnection) => Promise<TResult>): Promise<TResult> {
    return this.#withConnection((connection) => {
      const run = (sql: string): Promise<unknown> => connection.run(sql)
      return inTransaction(run, () => work(connection))
    })
  }

  /** A connection of the library itself, for temporary tables, appenders and other things that belong to one. Closed with the database, if not before. */
  async connect(): Promise<DuckDBConnection> {
    const connection = await this.instance.connect()
    this.#open.add(connection)
    return connection
  }

  /** Closes the database and all connections. */
  close(): void {
    for (const connection of this.#open) connection.closeSync()
    this.#open.clear()
    this.#idle.length = 0
    this.instance.closeSync()
  }

  async *#groups(sql: string, params: DuckDBParameters): AsyncGenerator<readonly Row[]> {
    const connection = await this.#take()
    try {
      yield* rowsOfQuery({ library: this.#library, connection, sql, params: duckdbParameters(this.#library, params) })
    } finally {
      this.#idle.push(connection)
    }
  }

  async #withConnection<TResult>(work: (connection: DuckDBConnection) => Promise<TResult>): Promise<TResult> {
    const connection = await this.#take()
    try {
      return await work(connection)
    } finally {
      this.#idle.push(connection)
    }
  }

  async #take(): Promise<DuckDBConnection> {
    return this.#idle.pop() ?? this.connect()
  }
}

/**
 * Opens a DuckDB database. In a project `duckdbResource` does this.
 *
 * @throws `PEER_MISSING`
 */
export async function openDuckDB(place: DuckDBPlace): Promise<DuckDB> {
  const library = await duckdbLibrary()
  return new DuckDB(library, await openInstance(library, place))
}
