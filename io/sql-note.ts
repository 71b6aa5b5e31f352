import type { AssetKey } from '../definitions/asset-key.ts'
import type { Column } from './row-columns.ts'
import { noNote, noteKey, noteOf, type TableNote, type TableShape } from './table-note.ts'

/** What a table in a database says of itself, in its comment. */
export interface SqlNote extends TableNote {
  /** Whose table it is. Undefined where Assetry didn't make it. */
  readonly assetKey: AssetKey | undefined
  /** Columns that hold null as such in some partition. */
  readonly nulls: readonly string[]
  /** What gives the partition of a row: a column, or an expression. Undefined where there are no partitions. */
  readonly partitionExpr: string | undefined
  /** Partitions that were saved and have no rows. */
  readonly empty: readonly string[]
}

/** The note of a table that Assetry didn't write. */
export const noSqlNote: SqlNote = { ...noNote, assetKey: undefined, nulls: [], partitionExpr: undefined, empty: [] }

/** The note of a table with these columns, all of it saved at once. */
export function sqlNote(assetKey: AssetKey, shape: TableShape, columns: readonly Column[]): SqlNote {
  const nulls = columns.filter(({ hasNull }) => hasNull).map(({ name }) => name)
  return { ...noSqlNote, ...noteOf(shape, columns), assetKey, nulls }
}

/** The comment that holds a note. */
export function commentOf(note: SqlNote): string {
  return JSON.stringify({ [noteKey]: note })
}

/** The note in a comment, which may be a text of the user. */
export function noteInComment(comment: string | null): SqlNote {
  try {
    const parsed = JSON.parse(comment ?? '') as { readonly [noteKey]?: Partial<SqlNote> } | null
    const note = { ...noSqlNote, ...parsed?.[noteKey] }
    // Where some partition has null as such, null is what is read: which of the two it was is not known any more.
    return { ...note, missing: note.missing.filter((name) => !note.nulls.includes(name)) }
  } catch {
    return noSqlNote
  }
}
