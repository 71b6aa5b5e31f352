import { describe, expect, it } from 'vitest'
import { countText, highlights, rowsText } from './metadata-text.ts'

describe('rowsText', () => {
  it.each(['rows', 'row_count', 'rowCount'])('reads %s', (name) => {
    expect(rowsText({ [name]: { type: 'int', value: 1461 } })).toBe('1,461')
  })

  it('is empty where no number of rows was reported', () => {
    expect(rowsText({ rows: { type: 'text', value: 'many' }, other: { type: 'int', value: 1 } })).toBe('')
  })
})

describe('highlights', () => {
  it('keeps rows and paths out, and the size last', () => {
    expect(
      highlights({
        path: { type: 'path', value: '/a/b' },
        bytes: { type: 'int', value: 2048 },
        rows: { type: 'int', value: 3 },
        best: { type: 'float', value: 0.123456 },
      }),
    ).toBe('best: 0.1235  2.0 KB')
  })

  it('says what is too long for a line by its kind', () => {
    expect(
      highlights({
        sample: { type: 'table', value: { columns: [{ name: 'a' }, { name: 'b' }], rows: [{ a: 1 }, { a: 2 }, { a: 3 }] } },
        page: { type: 'markdown', value: '# A title\n\nand a text that is much too long for a line of a table' },
        none: { type: 'null', value: null },
      }),
    ).toBe('sample: 3 × 2 table  page: A title and a text that is much too lon…')
  })

  it.each([
    [0, '0 B'],
    [1023, '1023 B'],
    [1024, '1.0 KB'],
    [5 * 1024 ** 2, '5.0 MB'],
    [3 * 1024 ** 5, '3072.0 TB'],
  ])('writes a size of %d as %s', (value, text) => {
    expect(highlights({ bytes: { type: 'int', value } })).toBe(text)
  })
})

describe('countText', () => {
  it('counts one and many', () => {
    expect([0, 1, 1200].map((count) => countText(count, 'asset'))).toEqual(['0 assets', '1 asset', '1,200 assets'])
  })
})
