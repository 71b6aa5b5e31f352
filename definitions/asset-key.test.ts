import { describe, expect, test } from 'vitest'
import { assetKey, keyParts, lastKeyPart, maximumKeyLength } from './asset-key.ts'

describe('an asset key', () => {
  test.each(['orders', 'raw/orders', 'a/b/c', '2026', '_x', 'a-b', 'v1.2/x.csv', 'k'.repeat(maximumKeyLength)])('%s', (key) => {
    expect(assetKey(key)).toBe(key)
  })

  test.each([
    ['', 'it is empty'],
    [undefined, 'it is empty'],
    [7, 'it is empty'],
    ['/a', 'an empty part'],
    ['a/', 'an empty part'],
    ['a//b', 'an empty part'],
    ['.', 'its part "."'],
    ['a/../b', 'its part ".."'],
    ['.hidden', 'its part ".hidden"'],
    ['a b', 'its part "a b"'],
    ['a\\b', 'its part "a\\\\b"'],
    ['a:b', 'its part "a:b"'],
    ['a*', 'its part "a*"'],
    ['a\n', 'its part "a\\n"'],
    ['größe', 'its part "größe"'],
    ['k'.repeat(maximumKeyLength + 1), '256 characters, more than 255'],
  ])('%j is none', (key, part) => {
    expect(() => assetKey(key)).toThrow(expect.objectContaining({ code: 'INVALID_ASSET_KEY', message: expect.stringContaining(part) }))
  })

  test('has its parts between the slashes', () => {
    expect(keyParts('raw/eu/orders')).toEqual(['raw', 'eu', 'orders'])
    expect(lastKeyPart('raw/eu/orders')).toBe('orders')
    expect(lastKeyPart('orders')).toBe('orders')
  })
})
