import { describe, expect, test } from 'vitest'
import { maximumMetadataBytes, type MetadataInput, metadataOf, MetadataValue } from './metadata-value.ts'

const of = (value: unknown) => metadataOf('asset "orders"', { it: value as MetadataInput })['it']

describe('a plain value', () => {
  const plain: readonly (readonly [unknown, unknown])[] = [
    [3, { type: 'int', value: 3 }],
    [3.5, { type: 'float', value: 3.5 }],
    [true, { type: 'bool', value: true }],
    ['x', { type: 'text', value: 'x' }],
    [null, { type: 'null', value: null }],
    [7n, { type: 'int', value: 7 }],
    [2n ** 64n, { type: 'text', value: '18446744073709551616' }],
    [new Date(0), { type: 'timestamp', value: '1970-01-01T00:00:00.000Z' }],
    [new URL('https://example.com/a'), { type: 'url', value: 'https://example.com/a' }],
    [[1, { a: null }], { type: 'json', value: [1, { a: null }] }],
    [
      { a: undefined, b: 1 },
      { type: 'json', value: { a: undefined, b: 1 } },
    ],
  ]
  test.each(plain)('%o says itself what it is', (value, entry) => {
    expect(of(value)).toEqual(entry)
  })

  test('that is undefined is left out', () => {
    expect(metadataOf('x', { a: undefined, b: 1 })).toEqual({ b: { type: 'int', value: 1 } })
  })
})

describe('an explicit value', () => {
  const explicit: readonly (readonly [MetadataInput, unknown])[] = [
    [MetadataValue.float(3), { type: 'float', value: 3 }],
    [MetadataValue.markdown('# x'), { type: 'markdown', value: '# x' }],
    [MetadataValue.url(new URL('https://example.com')), { type: 'url', value: 'https://example.com/' }],
    [MetadataValue.json('x'), { type: 'json', value: 'x' }],
    [MetadataValue.timestamp(new Date(0)), { type: 'timestamp', value: '1970-01-01T00:00:00.000Z' }],
    [MetadataValue.asset('raw/orders'), { type: 'asset', value: 'raw/orders' }],
    [
      MetadataValue.table([{ a: 1, b: 'x' }]),
      { type: 'table', value: { columns: [{ name: 'a' }, { name: 'b' }], rows: [{ a: 1, b: 'x' }] } },
    ],
    [MetadataValue.table([]), { type: 'table', value: { columns: [], rows: [] } }],
    [MetadataValue.tableSchema([{ name: 'a', type: 'int' }]), { type: 'tableSchema', value: { columns: [{ name: 'a', type: 'int' }] } }],
  ]
  test.each(explicit)('%o is what it says', (value, entry) => {
    expect(of(value)).toEqual(entry)
  })
})

describe('what can not be stored', () => {
  class Order {
    readonly id = 1
  }
  const circle: Record<string, unknown> = { name: 'x' }
  circle['self'] = { back: circle }
  const wrong: readonly (readonly [unknown, string])[] = [
    [() => 1, 'is a function'],
    [Symbol('x'), 'is a symbol'],
    [new Date(Number.NaN), 'is an invalid date'],
    [new Order(), 'is a Order'],
    [new Map(), 'is a Map'],
    [{ rows: [{ at: new Date(0) }] }, 'is a Date'],
    [[1, undefined], 'is undefined within an array'],
    [{ deep: { big: 1n } }, 'is a bigint'],
    [circle, 'is an object that holds itself'],
    [MetadataValue.int(1.5), 'is the int 1.5'],
    [MetadataValue.float(Number.NaN), 'is NaN'],
    [MetadataValue.table([{ a: Number.NaN }]), 'is NaN'],
  ]
  test.each(wrong)('%o', (value, part) => {
    expect(() => of(value)).toThrow(
      expect.objectContaining({
        code: 'METADATA_INVALID',
        message: expect.stringContaining(`asset "orders": metadata "it" ${part}, which can't be stored`),
      }),
    )
  })

  test('an invalid date said explicitly', () => {
    expect(() => MetadataValue.timestamp(new Date(Number.NaN))).toThrow(expect.objectContaining({ code: 'METADATA_INVALID' }))
  })

  test('more than the limit', () => {
    expect(() => of('x'.repeat(maximumMetadataBytes))).toThrow(/reports \d+ bytes of metadata, more than 524288/)
    expect(of('x'.repeat(maximumMetadataBytes - 100))).toMatchObject({ type: 'text' })
  })

  test('the same object in two places is no circle', () => {
    const shared = { a: 1 }
    expect(of({ one: shared, two: [shared, shared] })).toMatchObject({ type: 'json' })
  })
})

test('keeps numbers that JSON has no word for as text: an average of nothing is no reason to lose the data', () => {
  expect(metadataOf('asset "a"', { mean: Number.NaN, most: Number.NEGATIVE_INFINITY })).toEqual({
    mean: { type: 'text', value: 'NaN' },
    most: { type: 'text', value: '-Infinity' },
  })
})
