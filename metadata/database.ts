import type { PgDatabase, PgQueryResultHKT } from 'drizzle-orm/pg-core'

/** The query builder, whichever driver is below it. */
export type QueryBuilder = PgDatabase<PgQueryResultHKT>

/** Runs statements on one connection, one after another. Without values, `text` may hold several statements. */
export type Session = (text: string, values?: readonly unknown[]) => Promise<readonly Readonly<Record<string, unknown>>[]>

/**
 * A PostgreSQL that answers: over the wire or in this process. Reads go through the query builder, writes through the
 * functions of `migrations/`. Both may be carried out more than once.
 */
export interface Database {
  /** @throws `STORE_UNREACHABLE` */
  read<TResult>(query: (builder: QueryBuilder) => PromiseLike<TResult>): Promise<TResult>
  /** Calls a function of the schema `assetry` and returns its result. @throws `STORE_UNREACHABLE` */
  call(functionName: string, values: readonly unknown[]): Promise<unknown>
  /** Lends one connection. @throws `STORE_UNREACHABLE` */
  session<TResult>(work: (session: Session) => Promise<TResult>): Promise<TResult>
  close(): Promise<void>
}

/** The statement that calls a function of the schema `assetry`; its one row has the column `result`. */
export function callStatement(functionName: string, count: number): string {
  const places = Array.from({ length: count }, (_, index) => `$${index + 1}`)
  return `select assetry.${functionName}(${places.join(', ')}) as result`
}
