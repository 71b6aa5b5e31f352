import pg from 'pg'
import { approximateBytes, type Batch } from './batches.ts'
import { postgresMember, postgresType } from './postgres-values.ts'
import type { Column, Row } from './row-columns.ts'
import type { ExistingTable, SqlSession } from './sql-dialect.ts'
import { quoted, type TableName } from './sql-table-name.ts'
import { inTransaction } from './sql-transaction.ts'

/** What is fetched at a time, in bytes as {@link approximateBytes} counts them: about 4 MiB. */
const fetchBytes = 4 * 1024 * 1024

/** Rows that are fetched first, before their size is known, and at most. */
const firstFetch = 100
const largestFetch = 10_000

/** PostgreSQL's code for something that is there already: a schema, or the row of a catalogue. */
const isThere = new Set(['42P06', '23505'])

const int8 = 20

/** Integers of 64 bits as bigints; everything else as `pg` reads it. */
const types: pg.CustomTypesConfig = {
  getTypeParser: (oid: number, format?: 'text' | 'binary') =>
    oid === int8 ? (text: string) => BigInt(text) : (pg.types.getTypeParser(oid, format) as (text: string) => unknown),
}

/** Where a session's connection comes from, and how long it may last. */
export interface PostgresPlace {
  readonly pool: pg.Pool
  readonly url: string
  readonly signal: AbortSignal
}

/** Ends what a connection is at, by another one: those of the pool may all be taken. */
async function cancel(url: string, pid: number): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  client.on('error', () => undefined)
  try {
    await client.connect()
    await client.query('select pg_cancel_backend($1)', [pid])
  } finally {
    await client.end()
  }
}

/** A connection to PostgreSQL, for one save or load. */
export class PostgresSession implements SqlSession {
  readonly #url: string
  readonly #client: pg.PoolClient
  readonly #signal: AbortSignal
  readonly #pid: number
  #cancelled: Promise<unknown> | undefined
  #isDirty = false
  readonly #cancel = (): void => {
    this.#cancelled = cancel(this.#url, this.#pid).catch(() => undefined)
  }

  private constructor({ url, signal }: PostgresPlace, client: pg.PoolClient, pid: number) {
    this.#url = url
    this.#client = client
    this.#pid = pid
    this.#signal = signal
    signal.addEventListener('abort', this.#cancel, { once: true })
  }

  /** Takes a connection from the pool; {@link close} gives it back. */
  static async open(place: PostgresPlace): Promise<PostgresSession> {
    const client = await place.pool.connect()
    try {
      // Texts that are made of times, as for partitions, don't depend on where the server is.
      const { rows } = await client.query<{ pid: number }>("select pg_backend_pid() as pid from set_config('timezone', 'UTC', false)")
      return new PostgresSession(place, client, rows[0]?.pid ?? 0)
    } catch (error) {
      client.release(true)
      throw error
    }
  }

  qualified({ schema, table }: TableName): string {
    return `${quoted(schema)}.${quoted(table)}`
  }

  temporary(table: string): TableName {
    this.#isDirty = true
    return { schema: 'pg_temp', table }
  }

  async run(sql: string, params: readonly string[] = []): Promise<void> {
    await this.#client.query(sql, [...params])
  }

  async query(sql: string, params: readonly string[] = []): Promise<readonly Row[]> {
    return (await this.#client.query<Row>({ text: sql, values: [...params], types })).rows
  }

  /** Rows come in the order in which they lie in the table: no parallel workers, and from the beginning. */
  async *stream(sql: string, params: readonly string[] = []): AsyncGenerator<readonly Row[]> {
    await this.run('begin read only')
    try {
      await this.run("select set_config('synchronize_seqscans', 'off', true), set_config('max_parallel_workers_per_gather', '0', true)")
      await this.run(`declare assetry_rows no scroll cursor for ${sql}`, params)
      let count = firstFetch
      for (;;) {
        const rows = await this.query(`fetch ${count} from assetry_rows`)
        if (rows.length > 0) yield rows
        if (rows.length < count) return
        const bytes = approximateBytes(rows[0]) + approximateBytes(rows.at(-1))
        count = Math.max(1, Math.min(largestFetch, count * 2, Math.ceil((2 * fetchBytes) / bytes)))
      }
    } finally {
      await this.run('rollback')
    }
  }

  async describe({ schema, table }: TableName): Promise<ExistingTable | undefined> {
    const rows = await this.query(
      `select a.attname as name, format_type(a.atttypid, null) as type, obj_description(c.oid, 'pg_class') as comment
       from pg_class c join pg_namespace n on n.oid = c.relnamespace
       left join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
       where n.nspname = $1 and c.relname = $2 and c.relkind in ('r', 'p', 'v', 'm', 'f') order by a.attnum`,
      [schema, table],
    )
    if (rows[0] === undefined) return undefined
    const columns = rows.filter(({ name }) => name !== null).map(({ name, type }) => ({ name: name as string, type: type as string }))
    return { columns, comment: rows[0]['comment'] as string | null }
  }

  /** Whoever may not create schemas may still use one that is there. */
  async createSchema(schema: string): Promise<void> {
    if ((await this.query('select 1 as found from pg_namespace where nspname = $1', [schema])).length > 0) return
    try {
      await this.run(`create schema if not exists ${quoted(schema)}`)
    } catch (error) {
      if (!isThere.has((error as { code?: string }).code ?? '')) throw error
    }
  }

  /** One parameter for each column, an array: one statement for all rows, whatever their number. */
  async append(table: TableName, columns: readonly Column[], { items }: Batch): Promise<void> {
    const arrays = columns.map(({ name, kind }) =>
      (items as readonly Row[]).map((row) => ((row[name] ?? null) === null ? null : postgresMember(kind, row[name]))),
    )
    const members = columns.map((column, index) => `$${index + 1}::${postgresType(column)}[]`)
    const names = columns.map(({ name }) => quoted(name))
    await this.#client.query(
      `insert into ${this.qualified(table)} (${names.join(', ')}) select * from unnest(${members.join(', ')})`,
      arrays,
    )
  }

  async lock(table: TableName): Promise<void> {
    await this.run('select pg_advisory_xact_lock(hashtextextended($1, 0))', [`assetry ${this.qualified(table)}`])
  }

  exclusively<TResult>(table: TableName, work: () => Promise<TResult>): Promise<TResult> {
    const locked = async (): Promise<TResult> => {
      await this.lock(table)
      return work()
    }
    return inTransaction((sql) => this.run(sql), locked)
  }

  /** A cancel that is on its way must not meet whoever gets the connection next. */
  async close(): Promise<void> {
    this.#signal.removeEventListener('abort', this.#cancel)
    await this.#cancelled
    const isClean = await (this.#isDirty ? this.run('discard temp') : Promise.resolve()).then(
      () => this.#cancelled === undefined,
      () => false,
    )
    this.#client.release(!isClean)
  }
}
