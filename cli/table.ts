import { cut, padded, textWidth } from './text.ts'

/** A column of a {@link table}. */
export interface TableColumn<TRow> {
  readonly title: string
  /** The cell's text, without colours. */
  readonly text: (row: TRow) => string
  /** Colours a cell's text once its width is known. */
  readonly color?: (text: string, row: TRow) => string
  readonly align?: 'left' | 'right'
  /** Columns that may be cut where the table is too wide, the last of them first. @default false */
  readonly shrinks?: boolean
  /** Left out, the last of them first, where a column that stays would else be cut. @default false */
  readonly leaves?: boolean
}

const gap = '  '
const narrowest = 8

/** Rows as text in columns, cut to `columns` characters a line. A column that is empty in every row is left out. */
export function table<TRow>(
  rows: readonly TRow[],
  all: readonly TableColumn<TRow>[],
  options: { readonly columns: number; readonly title?: (text: string) => string },
): string {
  const filled = all.filter((column) => rows.some((row) => column.text(row) !== ''))
  const shown = staying(filled, rows, options.columns)
  const widths = fitted(
    shown,
    shown.map((column) => naturalWidth(column, rows)),
    options.columns,
  )
  const title = options.title ?? ((text: string) => text)
  const head = line(shown, widths, (column, width) => title(padded(cut(column.title, width), width, column.align)))
  const body = rows.map((row) => line(shown, widths, (column, width) => cell(column, row, width)))
  return [head, ...body].map((each) => `${each.trimEnd()}\n`).join('')
}

/** The columns that there is room for: without as many of those that may leave as it takes. */
function staying<TRow>(columns: readonly TableColumn<TRow>[], rows: readonly TRow[], available: number): readonly TableColumn<TRow>[] {
  const last = columns.findLastIndex((column) => column.leaves === true)
  if (last < 0 || leastWidth(columns, rows) <= available) return columns
  return staying(columns.toSpliced(last, 1), rows, available)
}

/** Width of a table that cuts nothing but what may leave. */
function leastWidth<TRow>(columns: readonly TableColumn<TRow>[], rows: readonly TRow[]): number {
  const widths = columns.map((column) => {
    const width = naturalWidth(column, rows)
    return column.leaves === true && column.shrinks === true ? Math.min(width, narrowest) : width
  })
  return widths.reduce((sum, width) => sum + width, 0) + gap.length * (widths.length - 1)
}

function naturalWidth<TRow>(column: TableColumn<TRow>, rows: readonly TRow[]): number {
  return rows.reduce((width, row) => Math.max(width, textWidth(column.text(row))), column.title.length)
}

function fitted<TRow>(columns: readonly TableColumn<TRow>[], natural: readonly number[], available: number): readonly number[] {
  const widths = [...natural]
  let excess = widths.reduce((sum, width) => sum + width, 0) + gap.length * (widths.length - 1) - available
  for (let index = columns.length - 1; index >= 0 && excess > 0; index--) {
    if (columns[index]?.shrinks !== true) continue
    const width = widths[index] ?? 0
    const taken = Math.min(excess, Math.max(0, width - narrowest))
    widths[index] = width - taken
    excess -= taken
  }
  return widths
}

function line<TRow>(
  columns: readonly TableColumn<TRow>[],
  widths: readonly number[],
  textOf: (column: TableColumn<TRow>, width: number) => string,
): string {
  return columns.map((column, index) => textOf(column, widths[index] ?? 0)).join(gap)
}

function cell<TRow>(column: TableColumn<TRow>, row: TRow, width: number): string {
  const text = cut(column.text(row), width)
  const shown = column.color === undefined ? text : column.color(text, row)
  return padded(shown, width, column.align)
}
