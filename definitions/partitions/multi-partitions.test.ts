import { describe, expect, it } from 'vitest'
import type { AssetryError } from '../errors.ts'
import { dynamicPartitions } from './dynamic-partitions.ts'
import { multiPartitionKey, partitionDimensions } from './multi-partition-key.ts'
import { type Dimension, multiPartitions } from './multi-partitions.ts'
import {
  type AtTime,
  firstPartition,
  hasPartition,
  lastPartition,
  partitionCount,
  partitionKeys,
  partitionKeysBackwards,
} from './partition-keys.ts'
import { partitionKeyRange } from './partition-range.ts'
import { requirePartition } from './partition-unknown.ts'
import { partitionWindow } from './partition-window.ts'
import { samePartitions } from './partitions-spec.ts'
import { partitionsText } from './partitions-text.ts'
import { staticPartitions } from './static-partitions.ts'
import { cronPartitions, dailyPartitions, hourlyPartitions, monthlyPartitions } from './window-partitions.ts'

const at: AtTime = { now: new Date('2026-01-04T03:00:00Z'), dynamicKeys: new Map([['customers', ['zeta', 'acme', 'b.c']]]) }

const days = dailyPartitions({ start: '2026-01-01' })
const regions = staticPartitions(['us', 'eu'])
const sales = multiPartitions({ region: regions, date: days })

function errorOf(call: () => unknown): AssetryError {
  try {
    call()
  } catch (error) {
    return error as AssetryError
  }
  throw new Error('nothing was thrown')
}

/** Kinds of dimensions, with none, one and many partitions. */
const kinds: readonly Dimension[] = [
  days,
  regions,
  dynamicPartitions('customers'),
  dailyPartitions({ start: '2025-12-30', exclusions: ['2026-01-01'], timezone: 'Europe/Berlin' }),
  hourlyPartitions({ start: '2026-01-03T22:00' }),
  cronPartitions({ start: '2025-12-30', cron: '0 6,18 * * *' }),
  staticPartitions(['one']),
  monthlyPartitions({ start: '2026-01-01' }),
]

/** All pairs of them, and of triples enough to have each kind at each place. */
const mixes = kinds.flatMap((a, one) =>
  kinds.flatMap((b, other) => [
    { dimensions: { a, b }, names: `${one}, ${other}` },
    ...(other === (one + 1) % kinds.length
      ? [{ dimensions: { b, c: kinds[(one * 3) % kinds.length] as Dimension, a }, names: `${one} + 2` }]
      : []),
  ]),
)

describe.each(mixes)('partitions of dimensions $names', ({ dimensions }) => {
  const { spec } = multiPartitions(dimensions)
  const columns = Object.entries(dimensions)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, dimension]) => [...partitionKeys(dimension.spec, at)])
  const model = columns.reduce<readonly (readonly string[])[]>(
    (rows, column) => rows.flatMap((row) => column.map((key) => [...row, key])),
    [[]],
  )
  const keys = model.map((row) => row.join('|'))

  it('are all combinations, in order, forwards and backwards', () => {
    expect([...partitionKeys(spec, at)]).toEqual(keys)
    expect([...partitionKeysBackwards(spec, at)]).toEqual(keys.toReversed())
    expect(partitionCount(spec, at)).toBe(keys.length)
    expect([firstPartition(spec, at), lastPartition(spec, at)]).toEqual([keys[0], keys.at(-1)])
    expect(keys.every((key) => hasPartition(spec, key, at))).toBe(true)
  })

  it('are gone through backwards from any of them', () => {
    for (const [place, key] of keys.entries())
      if (place % 7 === 0) expect([...partitionKeysBackwards(spec, at, key)]).toEqual(keys.slice(0, place + 1).toReversed())
    expect([...partitionKeysBackwards(spec, at, 'gone|gone|gone')]).toEqual(keys.toReversed())
  })

  it('are in a range where each of their parts is', () => {
    for (const [from, first] of model.entries()) {
      for (const [to, last] of model.entries()) {
        if ((from * 31 + to) % 11 !== 0) continue
        const places = (row: readonly string[]): readonly number[] => row.map((key, index) => (columns[index] as string[]).indexOf(key))
        const [low, high] = [places(first), places(last)]
        const range = { from: first.join('|'), to: last.join('|') }
        if (low.some((place, index) => place > (high[index] as number))) {
          expect(errorOf(() => partitionKeyRange(spec, range, at)).message).toContain('Turn it around')
          continue
        }
        const inside = model.filter((row) =>
          places(row).every((place, index) => place >= (low[index] as number) && place <= (high[index] as number)),
        )
        expect([...partitionKeyRange(spec, range, at)]).toEqual(inside.map((row) => row.join('|')))
      }
    }
  })
})

describe('partitions of several dimensions', () => {
  it('have keys whose parts stand in the order of the names', () => {
    expect(lastPartition(sales.spec, at)).toBe('2026-01-03|eu')
    expect(multiPartitionKey(sales.spec, { region: 'eu', date: '2026-01-03' })).toBe('2026-01-03|eu')
    expect(partitionDimensions(sales.spec, '2026-01-03|eu')).toEqual({ date: '2026-01-03', region: 'eu' })
  })

  it('are computed one by one, however many there are', () => {
    const many = multiPartitions({ hour: hourlyPartitions({ start: '0001-01-01' }), other: hourlyPartitions({ start: '0001-01-01' }) })
    expect(partitionCount(many.spec, at)).toBeGreaterThan(3e14)
    const [first] = partitionKeys(many.spec, at)
    expect([first, lastPartition(many.spec, at)]).toEqual(['0001-01-01-00:00|0001-01-01-00:00', '2026-01-04-02:00|2026-01-04-02:00'])
    const none = multiPartitions({ hour: hourlyPartitions({ start: '0001-01-01' }), later: dailyPartitions({ start: '2027-01-01' }) })
    expect([...partitionKeys(none.spec, at)]).toEqual([])
  })

  it('have the window of their only dimension of time', () => {
    const window = { start: new Date('2026-01-03'), end: new Date('2026-01-04') }
    expect(partitionWindow(sales.spec, '2026-01-03|eu')).toEqual(window)
    expect(partitionWindow(multiPartitions({ c: dynamicPartitions('customers'), d: days }).spec, 'any|2026-01-03')).toEqual(window)
    expect(partitionWindow(multiPartitions({ d: days, e: days }).spec, '2026-01-03|2026-01-03')).toBeUndefined()
    expect(partitionWindow(multiPartitions({ a: regions, b: regions }).spec, 'eu|us')).toBeUndefined()
    expect(() => partitionWindow(sales.spec, '2026-01-03|asia')).toThrow(expect.objectContaining({ code: 'PARTITION_UNKNOWN' }))
  })

  it.each([
    [
      '2026-01-40|ue',
      'There is no partition "2026-01-40|ue". ' +
        'Dimension "date" has no "2026-01-40": no window starts then; keys are written as %Y-%m-%d. Nearest: "2026-01-03". The partitions go from "2026-01-01" to "2026-01-03". ' +
        'Dimension "region" has no "ue". Nearest: "us". The partitions are "us" and "eu".',
    ],
    [
      '2026-01-02|euu',
      'There is no partition "2026-01-02|euu". Dimension "region" has no "euu". Nearest: "eu". The partitions are "us" and "eu".',
    ],
    ['2026-01-02', 'There is no partition "2026-01-02": keys are written as date|region, such as "2026-01-01|us".'],
    ['2026-01-02|eu|x', 'There is no partition "2026-01-02|eu|x": keys are written as date|region, such as "2026-01-01|us".'],
  ])('refuse the key %s by what is wrong in it', (key, message) => {
    expect(errorOf(() => requirePartition(sales.spec, key, at)).message).toBe(message)
    expect(hasPartition(sales.spec, key, at)).toBe(false)
  })

  it('name a whole key that is near', () => {
    expect(errorOf(() => requirePartition(sales.spec, '2026-01-02|euu', at)).facts['nearest']).toEqual(['2026-01-02|eu'])
  })

  it('say in which dimension a range stands the wrong way around', () => {
    const message =
      'The range "2026-01-01|eu...2026-01-02|us" is empty: "2026-01-02|us" stands before "2026-01-01|eu" in "region". Turn it around.'
    expect(errorOf(() => partitionKeyRange(sales.spec, '2026-01-01|eu...2026-01-02|us', at)).message).toBe(message)
  })

  it('are the same where all dimensions are, whatever the order they are written in', () => {
    const same = multiPartitions({ date: dailyPartitions({ start: '2026-01-01' }), region: regions })
    expect(samePartitions(sales.spec, same.spec)).toBe(true)
    const [date, region] = same.spec.dimensions
    const turned = { dimensions: [{ spec: date?.spec, name: 'date' }, region], kind: 'multi' } as typeof same.spec
    expect(samePartitions(sales.spec, turned)).toBe(true)
    expect(samePartitions(sales.spec, multiPartitions({ date: days, area: regions }).spec)).toBe(false)
    expect(samePartitions(sales.spec, multiPartitions({ date: days, region: staticPartitions(['eu', 'us']) }).spec)).toBe(false)
  })

  it('are named by their dimensions', () => {
    expect(partitionsText(sales.spec)).toBe(
      'partitions by "date" (daily partitions from 2026-01-01T00:00:00Z (UTC)) and "region" (the partitions "us" and "eu")',
    )
  })

  it.each([
    [() => multiPartitions({ date: days }), '"date" is the only dimension. Give a second one'],
    [() => multiPartitions({}), 'there are no dimensions'],
    [() => multiPartitions({ a: days, b: sales as never }), 'dimension "b" has several dimensions itself'],
    [() => multiPartitions({ a: days, b: ['x'] as never }), 'dimension "b" is no partitions definition'],
    [() => multiPartitions({ a: days, 'b|c': regions }), 'dimension "b|c" is not named by'],
    [() => multiPartitions({ a: days, b: staticPartitions(['x', 'y|z']) }), 'dimension "b" has "|" in "y|z"'],
    [
      () => multiPartitions({ a: dailyPartitions({ start: '2026-01-01', format: '%Y|%m|%d' }), b: regions }),
      'dimension "a" has "|" in "%Y|%m|%d"',
    ],
    [
      () => multiPartitions({ a: staticPartitions(['x'.repeat(900)]), b: staticPartitions(['y'.repeat(100)]) }),
      'keys have up to 1001 characters',
    ],
  ])('refuse what can be no definition: %s', (define, text) => {
    const error = errorOf(define)
    expect([error.code, error.message]).toEqual(['INVALID_OPTION', expect.stringContaining(text)])
  })

  it.each([
    [{ date: '2026-01-01' }, 'the dimensions are "date" and "region", and the parts those of "date".'],
    [{ date: '2026-01-01', region: 'eu', area: 'x' }, 'the parts those of "date", "region" and "area".'],
    [{ date: '2026-01-01', region: 'a|b' }, 'part "region" is "a|b"'],
  ])('refuse to make a key of %j', (parts, text) => {
    const error = errorOf(() => multiPartitionKey(sales.spec, parts as never))
    expect([error.code, error.message]).toEqual(['PARTITION_KEY_INVALID', expect.stringContaining(text)])
  })
})
