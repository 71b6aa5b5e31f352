import { drizzle } from 'drizzle-orm/node-postgres'
import pg from 'pg'
import { ConnectionLoss, type ConnectionLossOptions } from './connection-loss.ts'
import { callStatement, type Database, type Session } from './database.ts'

export interface PostgresDatabaseOptions extends Omit<ConnectionLossOptions, 'address'> {
  readonly url: string
  /** Most connections at once. */
  readonly connections: number
}

/** A PostgreSQL by its URL. Connects when first used. */
export function postgresDatabase(options: PostgresDatabaseOptions): Database {
  const pool = new pg.Pool({
    connectionString: options.url,
    max: options.connections,
    application_name: 'assetry',
    connectionTimeoutMillis: connectTimeoutMs,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    query_timeout: statementTimeoutMs,
  })
  // A connection that breaks while nobody uses it: the pool drops it, the next statement gets another.
  pool.on('error', () => {})
  const loss = new ConnectionLoss({ ...options, address: shownAddress(options.url) })
  const builder = drizzle({ client: pool })
  return {
    read: (query) => loss.outlast(async () => await query(builder)),
    call: (functionName, values) =>
      loss.outlast(async () => {
        const result = await pool.query<{ result: unknown }>(callStatement(functionName, values.length), [...values])
        return result.rows[0]?.result
      }),
    session: (work) => loss.outlast(() => lend(pool, work)),
    close: async () => {
      loss.close()
      await pool.end()
    },
  }
}

/** A statement that is not answered in this time went to a server that is gone without a word; each may be repeated. Unit: milliseconds. */
const statementTimeoutMs = 30_000

/** Longest wait for one connection to be made. Unit: milliseconds. */
const connectTimeoutMs = 10_000

async function lend<TResult>(pool: pg.Pool, work: (session: Session) => Promise<TResult>): Promise<TResult> {
  const client = await pool.connect()
  // A connection whose work failed may be in the middle of a transaction: it is dropped.
  let broken = true
  try {
    const result = await work(async (text, values) => (await client.query<Record<string, unknown>>(text, values && [...values])).rows)
    broken = false
    return result
  } finally {
    client.release(broken)
  }
}

/** A URL as it may be shown: host or folder, port and database; no user, no password, no other settings. */
export function shownAddress(url: string): string {
  if (!URL.canParse(url)) return 'the given URL'
  const { hostname, port, pathname, searchParams } = new URL(url)
  const host = searchParams.get('host') ?? decodeURIComponent(hostname)
  const database = decodeURIComponent(pathname)
  if (host.startsWith('/')) return `${host}${database === '' || database === '/' ? '' : ` (database ${database.slice(1)})`}`
  return `${host || 'localhost'}:${port || '5432'}${database}`
}
