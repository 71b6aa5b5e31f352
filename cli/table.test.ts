import { describe, expect, it } from 'vitest'
import { table, type TableColumn } from './table.ts'
import { textWidth } from './text.ts'

interface Row {
  readonly key: string
  readonly size: string
  readonly note: string
}

const columns: readonly TableColumn<Row>[] = [
  { title: 'KEY', text: (row) => row.key, shrinks: true },
  { title: 'SIZE', text: (row) => row.size, align: 'right' },
  { title: 'NOTE', text: (row) => row.note, color: (text) => `\u001B[2m${text}\u001B[22m`, shrinks: true },
]

describe('table', () => {
  it('puts rows below titles, and numbers to the right', () => {
    const rows = [
      { key: 'orders', size: '9', note: 'x' },
      { key: 'a', size: '1,234', note: 'y' },
    ]
    expect(table(rows, columns.slice(0, 2), { columns: 80 })).toBe('KEY      SIZE\norders      9\na       1,234\n')
  })

  it('leaves out a column that is empty in every row', () => {
    expect(table([{ key: 'orders', size: '', note: '' }], columns, { columns: 80 })).toBe('KEY\norders\n')
  })

  it('cuts the last column that may shrink, then the one before it, to stay within the width', () => {
    const rows = [{ key: 'k'.repeat(60), size: '1', note: 'n'.repeat(60) }]
    for (const width of [80, 60, 40, 30]) {
      const lines = table(rows, columns, { columns: width }).trimEnd().split('\n')
      for (const line of lines) expect(textWidth(line)).toBeLessThanOrEqual(width)
    }
    expect(table(rows, columns, { columns: 80 })).toContain('k'.repeat(60))
  })

  it('leaves out what may leave before it cuts what stays', () => {
    const leaving = columns.map((column) => (column.title === 'NOTE' ? { ...column, leaves: true } : column))
    const rows = [{ key: 'k'.repeat(30), size: '1', note: 'n'.repeat(60) }]
    expect(table(rows, leaving, { columns: 80 })).toContain('nnnn…')
    expect(table(rows, leaving, { columns: 40 })).toBe(`${'KEY'.padEnd(30)}  SIZE\n${'k'.repeat(30)}     1\n`)
    expect(table(rows, leaving, { columns: 30 })).toContain(`${'k'.repeat(23)}…`)
  })

  it('colours a cell without moving what stands beside it', () => {
    const rows = [
      { key: 'a', size: '1', note: 'x' },
      { key: 'bbb', size: '22', note: 'y' },
    ]
    const plain = columns.map(({ color: _, ...column }) => column)
    const coloured = table(rows, columns, { columns: 80 })
    expect(coloured).toContain('\u001B[2m')
    expect(coloured.replaceAll('\u001B[2m', '').replaceAll('\u001B[22m', '')).toBe(table(rows, plain, { columns: 80 }))
  })
})
