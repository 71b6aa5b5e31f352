import type { LoadContext } from '../definitions/io-manager.ts'
import { inputColumns, inputShape } from '../definitions/input-shape.ts'
import { arrowLibrary, arrowTable } from './arrow-build.ts'
import { gathered } from './gathered.ts'
import { noColumns, type Row } from './row-columns.ts'
import type { SqlDialect, SqlSession } from './sql-dialect.ts'
import { noteInComment } from './sql-note.ts'
import { isPartition } from './sql-partition.ts'
import { quoted, type TableName } from './sql-table-name.ts'
import { restore, type TableNote } from './table-note.ts'
import { refuseUnknownColumns } from './unknown-column.ts'
import { valueNotFound } from './value-not-found.ts'

/** One load of a value from its table. */
export interface SqlLoad {
  readonly context: LoadContext
  readonly dialect: SqlDialect
  readonly name: TableName
  /** What gives the partition of a row, for tables that Assetry didn't make. */
  readonly partitionExpr: string | undefined
}

/** What is to be read. */
interface Selected {
  readonly sql: string
  readonly params: readonly string[]
  readonly note: TableNote
}

/** Loads a table, or a partition of it, as what it was saved as, or as the input asks. @throws `VALUE_NOT_FOUND` */
export async function loadTable(load: SqlLoad): Promise<unknown> {
  const { context, dialect } = load
  return withSession(dialect, context.signal, async (session) => {
    const selected = await selection(load, session)
    switch (inputShape(context.inputMetadata) ?? selected.note.shape) {
      case 'rows':
        return (await gathered(groups(session, selected))).flat()
      case 'table':
        return arrowTable(await arrowLibrary(`assetry/io/${dialect.name}`), {}, groups(session, selected))
      case 'stream':
        return { [Symbol.asyncIterator]: () => lazyRows(load) }
    }
  })
}

/** Each iteration has a connection of its own, for as long as it lasts. */
async function* lazyRows(load: SqlLoad): AsyncGenerator<Row> {
  const session = await load.dialect.open(load.context.signal)
  try {
    for await (const rows of groups(session, await selection(load, session))) yield* rows
  } finally {
    await session.close()
  }
}

async function* groups(session: SqlSession, { sql, params, note }: Selected): AsyncGenerator<readonly Row[]> {
  for await (const rows of session.stream(sql, params)) yield restore(rows, note)
}

async function selection(load: SqlLoad, session: SqlSession): Promise<Selected> {
  const { context, name } = load
  const where = session.qualified(name)
  const table = await session.describe(name)
  if (table === undefined) throw valueNotFound(context, where)
  const names = table.columns.map((column) => column.name).filter((column) => column !== noColumns.name)
  const asked = inputColumns(context.inputMetadata)
  refuseUnknownColumns(where, asked, names)
  const note = noteInComment(table.comment)
  const columns = (asked ?? (names.length === 0 ? [noColumns.name] : names)).map(quoted).join(', ')
  const condition = context.partitionKey === undefined ? undefined : partitionCondition(load, note.partitionExpr)
  const sql = `select ${columns} from ${where}${condition === undefined || names.length === 0 ? '' : ` where ${condition}`}`
  const params = condition === undefined || names.length === 0 ? [] : [context.partitionKey ?? '']
  await refuseNeverSaved(context, session, { where, condition, params, isEmpty: note.empty.includes(context.partitionKey ?? '') })
  return { sql, params, note }
}

function partitionCondition({ context, partitionExpr, name }: SqlLoad, noted: string | undefined): string {
  const expr = noted ?? partitionExpr
  if (expr === undefined) throw valueNotFound(context, `${name.schema}.${name.table}, which has no partitions`)
  return isPartition(expr)
}

interface PartitionPlace {
  readonly where: string
  readonly condition: string | undefined
  readonly params: readonly string[]
  /** Whether it was saved without rows. */
  readonly isEmpty: boolean
}

/** A partition without rows is there only where the table says that it was saved so. */
async function refuseNeverSaved(context: LoadContext, session: SqlSession, place: PartitionPlace): Promise<void> {
  const { where, condition, params, isEmpty } = place
  if (condition === undefined || isEmpty) return
  const found = params.length === 0 ? [] : await session.query(`select 1 as found from ${where} where ${condition} limit 1`, params)
  if (found.length === 0) throw valueNotFound(context, where)
}

/** Does something with a connection, and closes it. An error of a signal that fired is the signal's reason. */
export async function withSession<TResult>(
  dialect: SqlDialect,
  signal: AbortSignal,
  work: (session: SqlSession) => Promise<TResult>,
): Promise<TResult> {
  const session = await dialect.open(signal)
  try {
    return await work(session)
  } catch (error) {
    throw signal.aborted ? signal.reason : error
  } finally {
    await session.close()
  }
}
