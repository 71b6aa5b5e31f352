import { AssetryError } from '../definitions/errors.ts'
import type { SaveContext } from '../definitions/io-manager.ts'
import { type Column, noColumns } from './row-columns.ts'
import type { ExistingTable } from './sql-dialect.ts'
import { evolutionOf } from './sql-evolution.ts'
import { noSqlNote, noteInComment, type SqlNote, sqlNote } from './sql-note.ts'
import { definitionsOf, fill, note, refuseAnothers, type SqlSave, stagingName } from './sql-save.ts'
import { quoted } from './sql-table-name.ts'

/**
 * Puts new rows in the place of those of one partition. They are gathered beside the table first, so that the
 * transaction is short and the rows are looked at before it.
 *
 * @param partitionExpr - what gives the partition of a row
 * @throws `VALUE_NOT_STORABLE` where a row is of another partition, or fits no column of the table
 */
export async function replacePartition(save: SqlSave, partitionKey: string, partitionExpr: string): Promise<void> {
  const { context, session, name, value } = save
  await session.createSchema(name.schema)
  const temporary = session.temporary(stagingName())
  const staging = session.qualified(temporary)
  await fill(save, 'temporary table', temporary)
  const hasRows = value.columns.rows > 0
  if (hasRows) await refuseOtherPartitions(save, staging, { partitionKey, partitionExpr })
  const names = value.columns.columns.map((column) => quoted(column.name)).join(', ')
  const target = session.qualified(name)
  await session.exclusively(name, async () => {
    const before = await madeReady(save, partitionExpr)
    if (before.hasColumns) await session.run(`delete from ${target} where ${isPartition(partitionExpr)}`, [partitionKey])
    if (hasRows) await session.run(`insert into ${target} (${names}) select ${names} from ${staging}`)
    const others = before.note.empty.filter((key) => key !== partitionKey)
    await note(session, target, { ...before.note, empty: hasRows ? others : [...others, partitionKey] })
    await context.confirm()
  })
  await session.run(`drop table ${staging}`)
}

/** The condition that a row is of the partition that is the statement's first parameter. */
export function isPartition(partitionExpr: string): string {
  return `cast(${expression(partitionExpr)} as varchar) = $1`
}

/** A name alone is that of a column; everything else is SQL. */
function expression(partitionExpr: string): string {
  return isColumn(partitionExpr) ? quoted(partitionExpr) : `(${partitionExpr})`
}

function isColumn(partitionExpr: string): boolean {
  return /^\w+$/.test(partitionExpr)
}

/** What gives the partition of a row: the asset's metadata `partition_expr`, else the IO manager's option. @throws `INVALID_OPTION` */
export function partitionExprOf(context: SaveContext, option: string | undefined): string {
  const entry = context.definitionMetadata['partition_expr']
  const expr = typeof entry?.value === 'string' ? entry.value : option
  if (expr !== undefined) return expr
  throw new AssetryError(
    'INVALID_OPTION',
    `Asset "${context.assetKey}" has partitions, and nothing says which column of its table holds them. Give the asset metadata: { partition_expr: 'day' }, or the IO manager partitionExpr.`,
    { facts: { assetKey: context.assetKey } },
  )
}

/** Rows of another partition would be there twice when that one is saved. */
async function refuseOtherPartitions(
  { context, session, value }: SqlSave,
  staging: string,
  { partitionKey, partitionExpr }: { readonly partitionKey: string; readonly partitionExpr: string },
): Promise<void> {
  const isThere = !isColumn(partitionExpr) || value.columns.columns.some(({ name }) => name === partitionExpr)
  if (!isThere) throw otherPartition(context, `its rows have no column "${partitionExpr}", which is to hold their partition`)
  const found = `cast(${expression(partitionExpr)} as varchar)`
  const [other] = await session.query(`select ${found} as found from ${staging} where ${found} is distinct from $1 limit 1`, [partitionKey])
  if (other === undefined) return
  throw otherPartition(
    context,
    `a row has ${JSON.stringify(other['found'])} as ${partitionExpr}, not the partition "${partitionKey}" that is saved`,
  )
}

function otherPartition(context: SaveContext, why: string): AssetryError {
  return new AssetryError('VALUE_NOT_STORABLE', `The value of asset "${context.assetKey}" can't be stored as a partition: ${why}.`, {
    facts: { assetKey: context.assetKey, partitionKey: context.partitionKey, why },
  })
}

interface Ready {
  readonly note: SqlNote
  /** Whether there was a table, with columns, before. */
  readonly hasColumns: boolean
}

/** Makes the table, or room in it for the columns of this partition. */
async function madeReady(save: SqlSave, partitionExpr: string): Promise<Ready> {
  const { context, dialect, session, name, value } = save
  const target = session.qualified(name)
  const existing = await session.describe(name)
  if (existing !== undefined) refuseAnothers(context, existing, name)
  const columns = value.columns.columns
  const fresh = { ...sqlNote(context.assetKey, value.shape, columns), partitionExpr }
  const before = existing === undefined ? noSqlNote : noteInComment(existing.comment)
  if (existing === undefined || isEmptied(existing)) {
    await session.run(`drop table if exists ${target}`)
    await session.run(`create table ${target} (${definitionsOf(dialect, columns)})`)
    return { note: { ...fresh, empty: before.empty }, hasColumns: false }
  }
  // No rows say nothing of columns.
  if (value.columns.rows === 0) return { note: { ...before, assetKey: context.assetKey, partitionExpr }, hasColumns: true }
  const { changes, numbers } = evolutionOf({ ...existing, note: before }, columns, dialect, `asset "${context.assetKey}"`)
  for (const change of changes) await session.run(`alter table ${target} ${change}`)
  return { note: { ...merged(existing, before, fresh, columns), numbers }, hasColumns: true }
}

/** Whether a table was made without columns to have, by a partition without rows. */
function isEmptied({ columns }: ExistingTable): boolean {
  return columns.length === 1 && columns[0]?.name === noColumns.name
}

/** A column that only some partitions have is left out by the others. Where rows had null as such, that is what all of them read. */
function merged(existing: ExistingTable, before: SqlNote, fresh: SqlNote, columns: readonly Column[]): SqlNote {
  const had = existing.columns.map(({ name }) => name)
  const has = columns.map(({ name }) => name)
  const someHave = [...had.filter((name) => !has.includes(name)), ...has.filter((name) => !had.includes(name))]
  // Of a table that Assetry didn't make nobody knows what its nulls are.
  const nullsBefore = before.assetKey === undefined ? had : before.nulls
  return {
    ...fresh,
    empty: before.empty,
    missing: [...new Set([...before.missing, ...fresh.missing, ...someHave])],
    nulls: [...new Set([...nullsBefore, ...fresh.nulls])],
  }
}
