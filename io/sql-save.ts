import { randomBytes } from 'node:crypto'
import type { SaveContext } from '../definitions/io-manager.ts'
import type { Column } from './row-columns.ts'
import type { ExistingTable, SqlDialect, SqlSession } from './sql-dialect.ts'
import { commentOf, noteInComment, type SqlNote, sqlNote } from './sql-note.ts'
import { quoted, quotedText, type TableName, tableRefused } from './sql-table-name.ts'
import type { TableValue } from './table-value.ts'
import { inTransaction } from './sql-transaction.ts'

/** One save of a value into its table. */
export interface SqlSave {
  readonly context: SaveContext
  readonly dialect: SqlDialect
  readonly session: SqlSession
  readonly name: TableName
  readonly value: TableValue
}

/** Puts a new table in the place of the one before: filled beside it, then renamed, in one transaction. */
export async function replaceTable(save: SqlSave): Promise<void> {
  const { context, session, name, value } = save
  await session.createSchema(name.schema)
  refuseForeign(context, await session.describe(name), name)
  const staging = { schema: name.schema, table: stagingName() }
  const qualified = session.qualified(staging)
  const replace = async (): Promise<void> => {
    await fill(save, 'table', staging)
    await note(session, qualified, sqlNote(context.assetKey, value.shape, value.columns.columns))
    await session.lock(name)
    await context.confirm()
    await session.run(`drop table if exists ${session.qualified(name)}`)
    await session.run(`alter table ${qualified} rename to ${quoted(name.table)}`)
  }
  await inTransaction((sql) => session.run(sql), replace)
}

/** A name that no other save has. */
export function stagingName(): string {
  return `assetry_${randomBytes(8).toString('hex')}`
}

/**
 * Makes a table and adds the rows to it. The columns are known when the first batch is there.
 *
 * @param what - what to create
 * @throws `VALUE_NOT_STORABLE`
 */
export async function fill({ dialect, session, value }: SqlSave, what: 'table' | 'temporary table', name: TableName): Promise<void> {
  const create = async (): Promise<readonly Column[]> => {
    if (value.shape === 'stream') value.columns.fix()
    const { columns } = value.columns
    await session.run(`create ${what} ${session.qualified(name)} (${definitionsOf(dialect, columns)})`)
    return columns
  }
  let columns: readonly Column[] | undefined
  for await (const batch of value.batches) {
    columns ??= await create()
    await session.append(name, columns, batch)
  }
  if (columns === undefined) await create()
}

/** What stands between the parentheses of `create table`. */
export function definitionsOf(dialect: SqlDialect, columns: readonly Column[]): string {
  return columns.map((column) => `${quoted(column.name)} ${dialect.typeOf(column)}`).join(', ')
}

/** Writes a table's note. */
export async function note(session: SqlSession, qualified: string, content: SqlNote): Promise<void> {
  await session.run(`comment on table ${qualified} is ${quotedText(commentOf(content))}`)
}

/** A table that somebody else made is not dropped. @throws `STORAGE_PATH_REFUSED` */
function refuseForeign(context: SaveContext, table: ExistingTable | undefined, name: TableName): void {
  if (table === undefined) return
  refuseAnothers(context, table, name)
  if (noteInComment(table.comment).assetKey !== undefined) return
  throw tableRefused(context, `the table ${name.schema}.${name.table} is there, and Assetry did not make it; drop it or rename it, or`)
}

/** @throws `STORAGE_PATH_REFUSED` where the table is that of another asset, as names that differ only in case have one */
export function refuseAnothers(context: SaveContext, table: ExistingTable, name: TableName): void {
  const { assetKey } = noteInComment(table.comment)
  if (assetKey === undefined || assetKey === context.assetKey) return
  throw tableRefused(context, `the table ${name.schema}.${name.table} is that of asset "${assetKey}"`)
}
