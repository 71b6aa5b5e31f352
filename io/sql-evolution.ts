import { AssetryError } from '../definitions/errors.ts'
import type { Column } from './row-columns.ts'
import type { ExistingTable, SqlDialect } from './sql-dialect.ts'
import type { SqlNote } from './sql-note.ts'
import { quoted } from './sql-table-name.ts'

/** A table that is there, and what it says of itself. */
export interface NotedTable extends ExistingTable {
  readonly note: SqlNote
}

/** What makes room in a table for rows of other columns. */
export interface Evolution {
  /** What follows `alter table …`, in order. */
  readonly changes: readonly string[]
  /** Columns of 64 bits that are numbers, from now on. */
  readonly numbers: readonly string[]
}

/**
 * How a table that holds other partitions must change to take rows with these columns: columns that are new are added,
 * integers become wider, or numbers with fractions.
 *
 * @throws `VALUE_NOT_STORABLE` where a column of the table holds something else
 */
export function evolutionOf(table: NotedTable, columns: readonly Column[], dialect: SqlDialect, owner: string): Evolution {
  const { note } = table
  const changes: string[] = []
  const numbers = new Set(note.numbers)
  for (const column of columns) {
    const type = dialect.typeOf(column)
    const isNumber = column.kind === 'integer' && !column.isNarrow
    const before = table.columns.find(({ name }) => name === column.name)
    if (before === undefined) {
      changes.push(`add column ${quoted(column.name)} ${type}`)
      if (isNumber) numbers.add(column.name)
      continue
    }
    const change = changeOf(column, before.type, { dialect, isNumber: numbers.has(column.name) })
    if (change === 'refuse') throw misfit(owner, column, before.type)
    if (change === 'keep') continue
    changes.push(`alter column ${quoted(column.name)} type ${type}`)
    if (isNumber) numbers.add(column.name)
    else numbers.delete(column.name)
  }
  return { changes, numbers: [...numbers] }
}

interface Before {
  readonly dialect: SqlDialect
  /** Whether 64 bits in it are numbers. */
  readonly isNumber: boolean
}

function changeOf(column: Column, typeBefore: string, { dialect, isNumber }: Before): 'keep' | 'change' | 'refuse' {
  const before = dialect.kindOf(typeBefore)
  // Null fits everywhere; and what the user made of a type that is none of ours, the database knows best.
  if (column.kind === undefined || before === undefined) return 'keep'
  const kindBefore = before.kind === 'bigint' && isNumber ? 'integer' : before.kind
  if (kindBefore === column.kind) return before.isNarrow && !column.isNarrow ? 'change' : 'keep'
  if (kindBefore === 'number' && column.kind === 'integer') return 'keep'
  return kindBefore === 'integer' && column.kind === 'number' ? 'change' : 'refuse'
}

function misfit(owner: string, column: Column, typeBefore: string): AssetryError {
  return new AssetryError(
    'VALUE_NOT_STORABLE',
    `The value of ${owner} can't be stored in its table: the column "${column.name}" has the type ${typeBefore}, and its rows now have ${column.kind} there. ` +
      `Give the column another name, or materialize all partitions into a new table after dropping this one.`,
    { facts: { owner, column: column.name, type: typeBefore, kind: column.kind } },
  )
}
