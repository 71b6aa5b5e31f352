import { describe, expect, it } from 'vitest'
import { cut, oneLine, padded, textWidth, wrapped } from './text.ts'

const red = (text: string): string => `\u001B[31m${text}\u001B[39m`

describe('text', () => {
  it('counts and pads without the colours', () => {
    expect(textWidth(red('abc'))).toBe(3)
    expect(padded(red('abc'), 5)).toBe(`${red('abc')}  `)
    expect(padded('abc', 5, 'right')).toBe('  abc')
    expect(padded('abcdef', 5)).toBe('abcdef')
  })

  it('cuts with an ellipsis that counts', () => {
    expect(cut('abcdef', 6)).toBe('abcdef')
    expect(cut('abcdef', 5)).toBe('abcd…')
    expect(cut('abcdef', 1)).toBe('…')
    expect(cut('abcdef', 0)).toBe('')
  })

  it('makes one line without control characters', () => {
    expect(oneLine(` a\n\tb ${red('c')}\r\n`)).toBe('a b c')
  })

  it('wraps at blanks and indents', () => {
    expect(wrapped('one two three', 10, '  ')).toBe('  one two\n  three')
  })

  it('keeps empty lines and the lines’ own indentation', () => {
    expect(wrapped('a\n\n    b', 20, '  ')).toBe('  a\n\n      b')
  })

  it('hangs the items of a list behind their dash', () => {
    expect(wrapped('  - one two three', 12)).toBe('  - one two\n    three')
  })

  it('leaves long words whole', () => {
    expect(wrapped('see /a/very/long/path now', 10)).toBe('see\n/a/very/long/path\nnow')
  })
})
