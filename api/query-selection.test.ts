import { describe, expect, it } from 'vitest'
import { selectionOf } from './query-selection.ts'

const selection = (query: string): string | undefined => selectionOf(`http://127.0.0.1:3000/api/v1/assets?${query}`)

describe('the selection in an address', () => {
  it.each([
    ['select=+report', '+report'],
    ['limit=1&select=report+', 'report+'],
    ['select=++report', '++report'],
    ['select=2+report', '2+report'],
    ['select=%2Breport', '+report'],
    ['select=a%20or%20+b', 'a or +b'],
    ['select=+a%20and%20b+', '+a and b+'],
    ['select=a%20or%20%20b', 'a or  b'],
  ])('keeps each + of %s that is a sign', (query, expected) => {
    expect(selection(query)).toBe(expected)
  })

  it.each([
    ['select=a+or+b', 'a or b'],
    ['select=%2Ba+or+b%2B', '+a or b+'],
    ['select=a++or++b', 'a+ or +b'],
    ['select=a+and+not+b', 'a and not b'],
    ['select=a+or+b+or+c', 'a or b or c'],
  ])('reads in %s the blanks around a word', (query, expected) => {
    expect(selection(query)).toBe(expected)
  })

  it('is left as it is where it is no percent-encoding', () => {
    expect(selection('select=%zz')).toBe('%zz')
  })

  it('is not there where the address has none', () => {
    expect(selection('limit=1')).toBeUndefined()
  })
})
