import { z } from 'zod'
import { AssetryError } from '../definitions/errors.ts'
import type { IOManager } from '../definitions/io-manager.ts'
import { resource } from '../definitions/resource.ts'
import { type DuckDB, openDuckDB } from './duckdb-client.ts'
import { type DuckDBLibrary, duckdbLibrary } from './duckdb-library.ts'
import { openInstance } from './duckdb-open.ts'
import { DuckDBSession } from './duckdb-session.ts'
import { duckdbType } from './duckdb-values.ts'
import { type LateText, lateText } from './late-text.ts'
import { OneAtATime } from './one-at-a-time.ts'
import type { SqlDialect, SqlKind } from './sql-dialect.ts'
import { sqlTableManager, type TableManagerOptions } from './sql-table-manager.ts'

export { DuckDB, openDuckDB } from './duckdb-client.ts'
export type { DuckDBPlace } from './duckdb-open.ts'
export type { DuckDBParameter, DuckDBParameters } from './duckdb-values.ts'
export type { LateText } from './late-text.ts'
export type { ColumnKind, ColumnKinds } from './row-columns.ts'

/**
 * A DuckDB database for assets that query it. For a second one, declare a resource of your own on {@link openDuckDB}.
 *
 * @example
 * ```ts
 * const revenue = asset({
 *   key: 'revenue',
 *   deps: ['raw/orders'],
 *   resources: { duckdb: duckdbResource },
 *   materialize: (_inputs, { resources }) => resources.duckdb.query('select day, sum(amount) as total from raw.orders group by day'),
 * })
 * definitions({ assets: [revenue], resources: [duckdbResource.configure({ path: env('DUCKDB_PATH') })] })
 * ```
 */
export const duckdbResource = resource({
  name: 'duckdb',
  description: 'A DuckDB database in this process',
  config: z.object({ path: z.string(), settings: z.record(z.string(), z.string()).default({}) }),
  create: (place) => openDuckDB(place),
  dispose: (database) => database.close(),
})

/** Options of {@link duckdbIOManager}. */
export type DuckDBManagerOptions = TableManagerOptions & {
  /** Schema of assets whose key has one part. @default 'main' */
  readonly schema?: string
} & (
    | {
        /** A file. */
        readonly path: LateText
        /** DuckDB's own settings by name, such as `memory_limit`. All who open one file in one process must give the same. */
        readonly settings?: Readonly<Record<string, string>>
        readonly database?: undefined
      }
    /** A database that is open, such as one in memory; it is not closed. */
    | { readonly database: () => DuckDB | Promise<DuckDB>; readonly path?: undefined; readonly settings?: undefined }
  )

/**
 * Keeps one DuckDB table a value: asset `raw/orders` is the table `orders` of the schema `raw`. Takes arrays of rows,
 * streams of rows and Arrow tables. A new table takes the place of the old one in one transaction; of an asset with
 * partitions the rows of one partition do. Reports `rows`, `schema` and `table` by itself. Needs `@duckdb/node-api`.
 *
 * The file is open only while a value is saved or loaded, so that processes can take turns.
 *
 * @example
 * ```ts
 * definitions({ assets, ioManager: duckdbIOManager({ path: 'data/warehouse.duckdb' }) })
 * ```
 * @throws `INVALID_OPTION`
 */
export function duckdbIOManager(options: DuckDBManagerOptions): IOManager {
  if (options.path === ':memory:') throw endsAtOnce()
  return sqlTableManager(dialectOf(options), options)
}

function endsAtOnce(): AssetryError {
  const message =
    'duckdbIOManager(): path is ":memory:", a database that ends with each save. Name a file, or keep one open: ' +
    "const database = openDuckDB({ path: ':memory:' }); duckdbIOManager({ database: () => database })."
  return new AssetryError('INVALID_OPTION', message, { facts: { path: ':memory:' } })
}

/** Of all IO managers of this process: two may have the same file. */
const turns = new OneAtATime()

function dialectOf(options: DuckDBManagerOptions): SqlDialect {
  return {
    name: 'duckdb',
    naming: {
      defaultSchema: options.schema ?? 'main',
      longestName: 255,
      reservedSchemas: ['temp', 'system', 'information_schema', 'pg_catalog'],
    },
    typeOf: duckdbType,
    kindOf: (type) => kindsOfTypes[type],
    open: async (signal) => {
      const library = await duckdbLibrary()
      const { connection, place, onClose } = await connect(library, options, signal)
      const [row] = (await connection.runAndReadAll('select current_database() as catalog')).getRowObjectsJS()
      return new DuckDBSession({
        library,
        connection,
        catalog: row?.['catalog'] as string,
        signal,
        oneAtATime: (name, work) => turns.run(`${place} ${name}`, work),
        onClose,
      })
    },
  }
}

interface Connected {
  readonly connection: ConstructorParameters<typeof DuckDBSession>[0]['connection']
  /** What tells databases apart. */
  readonly place: string
  readonly onClose: () => void
}

async function connect(library: DuckDBLibrary, options: DuckDBManagerOptions, signal: AbortSignal): Promise<Connected> {
  if (options.database !== undefined) {
    const { instance } = await options.database()
    return { connection: await instance.connect(), place: 'given', onClose: () => undefined }
  }
  const path = lateText('duckdbIOManager(): path', options.path)
  const instance = await openInstance(library, { path, ...(options.settings && { settings: options.settings }) }, signal)
  return { connection: await instance.connect(), place: path, onClose: () => instance.closeSync() }
}

const kindsOfTypes: Readonly<Record<string, SqlKind>> = {
  BOOLEAN: { kind: 'boolean', isNarrow: true },
  INTEGER: { kind: 'integer', isNarrow: true },
  BIGINT: { kind: 'bigint', isNarrow: false },
  DOUBLE: { kind: 'number', isNarrow: true },
  VARCHAR: { kind: 'text', isNarrow: true },
  'TIMESTAMP WITH TIME ZONE': { kind: 'date', isNarrow: true },
  BLOB: { kind: 'bytes', isNarrow: true },
  JSON: { kind: 'json', isNarrow: true },
}
