import { expect, test } from 'vitest'
import { storableJson, storableText } from './storable-json.ts'

test('characters that PostgreSQL refuses become the replacement character', () => {
  expect(JSON.parse(storableJson({ 'a\0': '\0\0b', lone: '\ud800x\udfff\udc00' }))).toEqual({
    'a\ufffd': '\ufffd\ufffdb',
    lone: '\ufffdx\ufffd\ufffd',
  })
  expect(storableText('a\0b')).toBe('a\ufffdb')
})

test('what only looks like such an escape stays as it is', () => {
  for (const value of ['\\u0000', '\\\\ud800', 'é😀\u0001\n"', 'C:\\users\\ud801']) expect(JSON.parse(storableJson(value))).toBe(value)
  expect(JSON.parse(storableJson('\\\0'))).toBe('\\\ufffd')
})
