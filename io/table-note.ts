import type { Column, Row } from './row-columns.ts'

/** How a table was given, and comes back: as an array of rows, a stream of rows, or an Arrow table. */
export type TableShape = 'rows' | 'stream' | 'table'

/** The key under which a table says of itself what the types of its columns don't. */
export const noteKey = 'assetry'

/** What the types of a table's columns don't say of what was saved. */
export interface TableNote {
  readonly shape: TableShape
  /** Columns of 64 bits that were numbers. */
  readonly numbers: readonly string[]
  /** Columns where null stands for a property that wasn't there. */
  readonly missing: readonly string[]
}

/** The note of a table that Assetry didn't write. */
export const noNote: TableNote = { shape: 'rows', numbers: [], missing: [] }

/** What to note of columns when all rows have passed. */
export function noteOf(shape: TableShape, columns: readonly Column[]): TableNote {
  return {
    shape,
    numbers: columns.filter(({ kind, isNarrow }) => kind === 'integer' && !isNarrow).map(({ name }) => name),
    missing: columns.filter(({ hasMissing, hasNull }) => hasMissing && !hasNull).map(({ name }) => name),
  }
}

/** Reads a note that a table holds; {@link noNote} where it is none. */
export function parsedNote(text: string | null | undefined): TableNote {
  try {
    const note = JSON.parse(text ?? '') as Partial<TableNote> | null
    return note !== null && Array.isArray(note.numbers) && Array.isArray(note.missing) ? { ...noNote, ...note } : noNote
  } catch {
    return noNote
  }
}

/** Turns rows as a table gave them into what they were, in place: they were made for this. */
export function restore<TRow extends Row>(rows: readonly TRow[], { numbers, missing }: TableNote): readonly TRow[] {
  if (numbers.length === 0 && missing.length === 0) return rows
  for (const row of rows as readonly Record<string, unknown>[]) {
    for (const name of numbers) if (typeof row[name] === 'bigint') row[name] = Number(row[name])
    for (const name of missing) if (row[name] === null) delete row[name]
  }
  return rows
}
