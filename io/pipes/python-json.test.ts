import { describe, expect, it } from 'vitest'
import { parsePythonJson } from './python-json.ts'

describe('JSON as Python writes it', () => {
  it('may have numbers that JSON or JavaScript has not: they come as text', () => {
    const text = '{"a": NaN, "b": [Infinity, -Infinity], "c": 12345678901234567890, "d": -98765432109876543210}'
    expect(parsePythonJson(text)).toEqual({
      a: 'NaN',
      b: ['Infinity', '-Infinity'],
      c: '12345678901234567890',
      d: '-98765432109876543210',
    })
  })

  it('is else what it is, also where such a number stands in a text or is a fraction', () => {
    const value = {
      text: 'NaN, "Infinity" \\ 12345678901234567890',
      third: 1 / 3,
      large: 9007199254740991,
      e: 1.5e300,
      no: null,
    }
    expect(parsePythonJson(JSON.stringify(value))).toEqual(value)
    expect(parsePythonJson(JSON.stringify({ ...value, nan: 0 }).replace('0}', 'NaN}'))).toEqual({ ...value, nan: 'NaN' })
  })

  it('is refused where it is broken', () => {
    expect(() => parsePythonJson('{"a": NaN')).toThrow(SyntaxError)
  })
})
