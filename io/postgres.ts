import pg from 'pg'
import type { IOManager } from '../definitions/io-manager.ts'
import { type LateText, lateText } from './late-text.ts'
import { PostgresSession } from './postgres-session.ts'
import { postgresKind, postgresType, unstorableText } from './postgres-values.ts'
import type { SqlDialect } from './sql-dialect.ts'
import { sqlTableManager, type TableManagerOptions } from './sql-table-manager.ts'

export type { LateText } from './late-text.ts'
export type { ColumnKind, ColumnKinds } from './row-columns.ts'

/** Options of {@link postgresIOManager}. */
export interface PostgresManagerOptions extends TableManagerOptions {
  /** `postgres://user:password@host/database`, or `env('NAME')`. */
  readonly url: LateText
  /** Schema of assets whose key has one part. @default 'public' */
  readonly schema?: string
  /** Most connections that this process opens. Each value that is saved or loaded takes one meanwhile. @default 10, as `pg` has it */
  readonly connections?: number
}

/** How long a connection is waited for. Unit: milliseconds. */
const connectTimeoutMs = 30_000

/** Longest name that PostgreSQL doesn't cut, in bytes (NAMEDATALEN - 1). */
const longestName = 63

/**
 * Keeps one PostgreSQL table a value: asset `raw/orders` is the table `orders` of the schema `raw`. Takes arrays of
 * rows, streams of rows and Arrow tables. A new table takes the place of the old one in one transaction; of an asset
 * with partitions the rows of one partition do. Reports `rows`, `schema` and `table` by itself.
 *
 * @example
 * ```ts
 * definitions({ assets, ioManager: postgresIOManager({ url: env('WAREHOUSE_URL') }) })
 * ```
 */
export function postgresIOManager(options: PostgresManagerOptions): IOManager {
  return sqlTableManager(dialectOf(options), options)
}

function dialectOf({ url, schema = 'public', connections = 10 }: PostgresManagerOptions): SqlDialect {
  let pool: pg.Pool | undefined
  return {
    name: 'postgres',
    naming: { defaultSchema: schema, longestName, reservedSchemas: ['information_schema', 'pg_catalog', 'pg_toast', 'pg_temp'] },
    typeOf: postgresType,
    kindOf: postgresKind,
    refusesText: unstorableText,
    open: (signal) => {
      const address = lateText('postgresIOManager(): url', url)
      pool ??= newPool(address, connections)
      return PostgresSession.open({ pool, url: address, signal })
    },
  }
}

/** Connections that nobody uses close by themselves, and don't keep the process alive. */
function newPool(connectionString: string, max: number): pg.Pool {
  const pool = new pg.Pool({
    connectionString,
    max,
    allowExitOnIdle: true,
    connectionTimeoutMillis: connectTimeoutMs,
    application_name: 'assetry',
  })
  // The end of an idle connection concerns nobody: the next one who needs one gets a new one.
  pool.on('error', () => undefined)
  pool.on('connect', (client) => client.on('error', () => undefined))
  return pool
}
