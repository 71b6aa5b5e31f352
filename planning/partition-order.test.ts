import { describe, expect, test } from 'vitest'
import { dynamicPartitions } from '../definitions/partitions/dynamic-partitions.ts'
import { multiPartitions } from '../definitions/partitions/multi-partitions.ts'
import { partitionKeys } from '../definitions/partitions/partition-keys.ts'
import { type PartitionRange, partitionKeyRange } from '../definitions/partitions/partition-range.ts'
import { staticPartitions } from '../definitions/partitions/static-partitions.ts'
import {
  cronPartitions,
  dailyPartitions,
  hourlyPartitions,
  monthlyPartitions,
  weeklyPartitions,
} from '../definitions/partitions/window-partitions.ts'
import { isLinear, keysOfRanges, partitionOrder, rangeText } from './partition-order.ts'

const at = { now: new Date('2026-06-01'), dynamicKeys: new Map([['customers', ['zoe', 'acme', 'mid', 'beta', 'x']]]) }
const regions = staticPartitions(['us', 'eu', 'asia'])
const days = dailyPartitions({ start: '2026-05-20' })

const definitions = {
  hourly: hourlyPartitions({ start: '2026-03-28T12:00', end: '2026-03-30', timezone: 'Europe/Berlin' }),
  daily: days,
  'daily with gaps': dailyPartitions({ start: '2026-05-01', exclusions: ['0 0 * * 6,0', '2026-05-13T00:00'] }),
  weekly: weeklyPartitions({ start: '2026-01-01' }),
  monthly: monthlyPartitions({ start: '2024-01-01', format: '%m/%Y' }),
  cron: cronPartitions({ cron: '0 18 * * 1-5', start: '2026-05-01' }),
  listed: regions,
  dynamic: dynamicPartitions('customers'),
  'two dimensions': multiPartitions({ date: dailyPartitions({ start: '2026-05-27' }), region: regions }),
  'three dimensions': multiPartitions({
    a: staticPartitions(['1', '2', '3']),
    b: staticPartitions(['x', 'y']),
    c: dynamicPartitions('customers'),
  }),
}

describe.each(Object.entries(definitions))('the order of partitions: %s', (_name, { spec }) => {
  const all = [...partitionKeys(spec, at)]
  const order = partitionOrder(spec, at)
  const random = chance(all.length)
  const keysOf = (range: PartitionRange): readonly string[] => [...partitionKeyRange(spec, range, at)]
  const isRange = (range: PartitionRange): boolean => {
    try {
      return keysOf(range).length > 0
    } catch {
      return false
    }
  }
  const drawn = (): PartitionRange => {
    const [from, to] = [all[random(all.length)] ?? '', all[random(all.length)] ?? '']
    if (random(3) === 0) return { from, to: from }
    return isRange({ from, to }) ? { from, to } : drawn()
  }

  test('is that of the definition', () => {
    expect(all.toSorted((one, other) => order.placeOf(one) - order.placeOf(other))).toEqual(all)
  })

  test('counts as many as there are', () => {
    for (let round = 0; round < 100; round += 1) {
      const range = drawn()
      expect([range, order.count(range)]).toEqual([range, keysOf(range).length])
    }
  })

  test('sees what two ranges share', () => {
    for (let round = 0; round < 100; round += 1) {
      const [one, other] = [drawn(), drawn()]
      const shares = keysOf(one).some((key) => keysOf(other).includes(key))
      // Of several dimensions what stands between is counted in: a backfill may wait for too much, but not for too little.
      if (shares || spec.kind !== 'multi') expect([one, other, order.overlap(one, other)]).toEqual([one, other, shares])
    }
  })

  test('merges ranges into as few as may be, of the same partitions, each once', () => {
    for (let round = 0; round < 100; round += 1) {
      const ranges = Array.from({ length: random(7) }, drawn)
      const merged = order.merged(ranges)
      const wanted = new Set(ranges.flatMap(keysOf))
      const expected = all.filter((key) => wanted.has(key))
      const given = [...keysOfRanges(spec, merged.map(rangeText), at)]
      expect([ranges, given.toSorted()]).toEqual([ranges, expected.toSorted()])
      if (spec.kind === 'multi') continue
      expect([ranges, given]).toEqual([ranges, expected])
      const stretches = all.filter((key, place) => wanted.has(key) && !wanted.has(all[place - 1] ?? ''))
      expect([ranges, merged.length]).toEqual([ranges, stretches.length])
    }
  })

  test('has everything as one range', () => {
    const whole = { from: all[0] ?? '', to: all.at(-1) ?? '' }
    expect(order.merged([whole, whole])).toEqual([whole])
    expect([...keysOfRanges(spec, [rangeText(whole)], at)]).toEqual(all)
  })
})

test('only of windows and listed partitions a range is what stands between its ends, always', () => {
  expect(Object.entries(definitions).flatMap(([name, { spec }]) => (isLinear(spec) ? [] : [name]))).toEqual([
    'dynamic',
    'two dimensions',
    'three dimensions',
  ])
})

test('a single partition is written as its key', () => {
  expect([rangeText({ from: 'a', to: 'a' }), rangeText({ from: 'a', to: 'b' })]).toEqual(['a', 'a...b'])
})

/** Numbers from 0 to below `below`, the same in each run of the tests. */
function chance(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648
    return Math.floor((state / 2_147_483_648) * below)
  }
}
