const columnTests = {
  string: (value) => typeof value === 'string',
  number: (value) => typeof value === 'number',
  integer: (value) => Number.isInteger(value),
  bigint: (value) => typeof value === 'bigint',
  boolean: (value) => typeof value === 'boolean',
  date: (value) => value instanceof Date && !Number.isNaN(value.getTime()),
  array: (value) => Array.isArray(value),
  object: (value) => typeof value === 'object' && !Array.isArray(value) && !(value instanceof Date),
  any: () => true,
} as const satisfies Readonly<Record<string, (value: unknown) => boolean>>

/** Type of a column of rows that are JavaScript objects. `date` is a valid `Date`, `any` is all but nothing. */
export type ColumnType = keyof typeof columnTests

/** The names of the column types. */
export const columnTypes = Object.keys(columnTests) as readonly ColumnType[]

/** A column of rows. `nullable`: it may be null, undefined or absent. */
export type RowColumn = ColumnType | { readonly type: ColumnType; readonly nullable?: boolean }

/** What is wrong with a column, in how many rows, and the position of the first of them. */
export interface ColumnProblem {
  readonly column: string
  readonly problem: string
  readonly rows: number
  readonly firstRow: number
}

/** What is wrong with the columns of these rows: each problem once. A text where they are no rows. */
export function rowProblems(
  rows: unknown,
  columns: Readonly<Record<string, RowColumn>>,
  allowExtra: boolean,
): readonly ColumnProblem[] | string {
  if (!Array.isArray(rows)) return `The value is ${described(rows)}, not an array of rows.`
  const found = new Map<string, ColumnProblem>()
  for (const [position, row] of (rows as readonly unknown[]).entries()) {
    if (typeof row !== 'object' || row === null) return `Row ${position} is ${described(row)}, not an object.`
    for (const [column, problem] of problemsOf(row as Row, columns, allowExtra)) note(found, column, problem, position)
  }
  return [...found.values()]
}

type Row = Readonly<Record<string, unknown>>

/** Column and problem by turns. */
function* problemsOf(row: Row, columns: Readonly<Record<string, RowColumn>>, allowExtra: boolean): Generator<readonly [string, string]> {
  for (const [column, rule] of Object.entries(columns)) {
    const { type, nullable = false } = typeof rule === 'string' ? { type: rule } : rule
    const value = Object.hasOwn(row, column) ? row[column] : undefined
    if (value === undefined || value === null) {
      if (!nullable) yield [column, value === null ? 'is null' : 'is missing']
    } else if (!columnTests[type](value)) yield [column, `is ${described(value)}, not of type ${type}`]
  }
  if (allowExtra) return
  for (const column of Object.keys(row)) if (!Object.hasOwn(columns, column)) yield [column, 'is not expected']
}

function note(found: Map<string, ColumnProblem>, column: string, problem: string, position: number): void {
  const id = JSON.stringify([column, problem])
  const before = found.get(id)
  found.set(id, before === undefined ? { column, problem, rows: 1, firstRow: position } : { ...before, rows: before.rows + 1 })
}

/** What a value is, without the value itself: it may be anybody's data. */
function described(value: unknown): string {
  if (value === null || value === undefined) return String(value)
  if (Array.isArray(value)) return 'an array'
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'an invalid date' : 'a date'
  if (typeof value === 'number' && !Number.isInteger(value))
    return Number.isFinite(value) ? 'a number with a fraction' : `the number ${value}`
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`
}
