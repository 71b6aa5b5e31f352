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
}

const gap = '  '
const narrowest = 8

/** Rows as text in columns, cut to `columns` characters a line. A column that is empty in every row is left out. */
export function table<TRow>(
  rows: readonly TRow[],
  all: readonly TableColumn<TRow>[],
  options: { readonly columns: number; readonly title?: (text: string) => string },
): string {
  const shown = all.filter((column) => rows.some((row) => column.text(row) !== ''))
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
