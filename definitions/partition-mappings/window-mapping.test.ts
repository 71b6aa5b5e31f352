import { describe, expect, it } from 'vitest'
import { type AtTime, partitionKeys } from '../partitions/partition-keys.ts'
import { partitionKeyRange } from '../partitions/partition-range.ts'
import { partitionWindow } from '../partitions/partition-window.ts'
import type { TimePartitionsSpec } from '../partitions/partitions-spec.ts'
import type { WindowOptions } from '../partitions/window-options.ts'
import { cronPartitions, dailyPartitions, hourlyPartitions, monthlyPartitions, weeklyPartitions } from '../partitions/window-partitions.ts'
import { downstreamPartitions } from './downstream-partitions.ts'
import type { PartitionMappingSpec } from './partition-mapping-spec.ts'
import { timeWindowMapping } from './partition-mappings.ts'
import { upstreamPartitions } from './upstream-partitions.ts'
import { upstreamRanges } from './upstream-ranges.ts'

const day = 86_400_000

/** Zones and days around which their clocks are set: by an hour, by a whole day, never. */
const places = [
  ['UTC', '2026-02-27'],
  ['Europe/Berlin', '2026-03-29'],
  ['Europe/Berlin', '2026-10-25'],
  ['America/New_York', '2026-03-08'],
  ['America/New_York', '2026-11-01'],
  ['Pacific/Apia', '2011-12-30'],
] as const

/** Numbers from 0 to below `below`, the same in each run of the tests. */
type Chance = (below: number) => number

function chance(seed: number): Chance {
  let state = seed
  return (below) => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648
    return Math.floor((state / 2_147_483_648) * below)
  }
}

interface ModelWindow {
  readonly key: string
  readonly start: number
  readonly end: number
}

/** Every window of a definition that is not excluded, far beyond both of its ends, one by one. */
function allWindows(spec: TimePartitionsSpec, middle: number): readonly ModelWindow[] {
  const wide = { ...spec, start: new Date(middle - 260 * day).toISOString(), end: new Date(middle + 260 * day).toISOString(), endOffset: 0 }
  return Array.from(partitionKeys(wide, { now: new Date(middle + 500 * day) }), (key) => {
    const { start, end } = partitionWindow(wide, key)
    return { key, start: start.getTime(), end: end.getTime() }
  })
}

/** By looking at every pair of windows: who needs whom, existing and missing. */
class Model {
  readonly #needed = new Map<string, { readonly keys: string[]; readonly missing: string[] }>()

  constructor(
    mapping: Extract<PartitionMappingSpec, { kind: 'time-window' }>,
    own: TimePartitionsSpec,
    upstream: TimePartitionsSpec,
    at: AtTime,
    middle: number,
  ) {
    const [mine, theirs] = [allWindows(own, middle), allWindows(upstream, middle)]
    const [existing, exists] = [new Set(partitionKeys(own, at)), new Set(partitionKeys(upstream, at))]
    for (const [index, { key }] of mine.entries()) {
      if (!existing.has(key)) continue
      const [first, last] = [mine[index + mapping.startOffset] as ModelWindow, mine[index + mapping.endOffset] as ModelWindow]
      const overlapping = theirs.filter(({ start, end }) => start < last.end && end > first.start).map((each) => each.key)
      const missing = mapping.allowNonexistent ? [] : overlapping.filter((each) => !exists.has(each))
      this.#needed.set(key, { keys: overlapping.filter((each) => exists.has(each)), missing })
    }
  }

  get keys(): readonly string[] {
    return [...this.#needed.keys()]
  }

  neededBy(key: string) {
    return this.#needed.get(key)
  }

  needing(key: string): readonly string[] {
    return this.keys.filter((each) => this.#needed.get(each)?.keys.includes(key))
  }

  neededByAny(keys: readonly string[]): ReadonlySet<string> {
    return new Set(keys.flatMap((key) => this.#needed.get(key)?.keys ?? []))
  }
}

function drawnPartitions(random: Chance, timezone: string, middle: number): TimePartitionsSpec {
  // Of hours there are many, and the model looks at all of them.
  const kind = random(10) === 0 ? 1 : [0, 2, 3, 4, 5][random(5)]
  const around = [15, 4, 70, 70, 70, 15][kind ?? 5] as number
  const times = [middle - random(around * 4) * (day / 4), middle + (1 + random(around * 4)) * (day / 4)] as const
  const exclusions = random(3) === 0 ? [['0 0 * * 0,6'], ['0 6 * * *', '0 0 * * 1'], ['0 0 1-20 * *']][random(3)] : undefined
  const options: WindowOptions = {
    timezone,
    start: new Date(times[0]),
    ...(random(3) === 0 && { end: new Date(times[1]) }),
    ...(random(4) === 0 && { endOffset: random(5) - 2 }),
    ...(exclusions && { exclusions }),
  }
  switch (kind) {
    case 0:
      return dailyPartitions(options).spec
    case 1:
      return hourlyPartitions({ ...options, minuteOffset: random(2) * 30 }).spec
    case 2:
      return weeklyPartitions({ ...options, dayOffset: random(7) }).spec
    case 3:
      return monthlyPartitions({ ...options, dayOffset: 1 + random(28), hourOffset: random(24) }).spec
    case 4:
      return cronPartitions({ ...options, cron: ['0 18 * * 1-5', '30 2 * * *', '0 0 1,15 * *'][random(3)] as string }).spec
    default:
      return dailyPartitions({ ...options, hourOffset: random(24), minuteOffset: random(4) * 15 }).spec
  }
}

function drawnMapping(random: Chance) {
  const startOffset = random(2) === 0 ? 0 : random(5) - 3
  const { spec } = timeWindowMapping({
    startOffset,
    endOffset: startOffset + (random(2) === 0 ? 0 : random(4)),
    allowNonexistent: random(2) === 0,
  })
  return spec as Extract<PartitionMappingSpec, { kind: 'time-window' }>
}

/** Every key of the ranges, which may neither overlap nor touch. */
function keysOfRanges(spec: TimePartitionsSpec, ranges: readonly { readonly from: string; readonly to: string }[], at: AtTime) {
  const keys = ranges.flatMap((range) => [...partitionKeyRange(spec, range, at)])
  const places = new Map([...partitionKeys(spec, at)].map((key, index) => [key, index]))
  for (const [index, { from }] of ranges.entries()) {
    const before = ranges[index - 1]
    if (before !== undefined) expect((places.get(from) ?? 0) - (places.get(before.to) ?? 0)).toBeGreaterThan(1)
  }
  return keys
}

describe.each(places)('windows that overlap, in %s around %s', (timezone, date) => {
  const middle = Date.parse(date)

  it.each([1, 2])('are those of a model that looks at every pair, round %i', (round) => {
    const random = chance(middle + round * 7_919)
    for (let draw = 0; draw < 2; draw += 1) {
      const [own, upstream, spec] = [
        drawnPartitions(random, timezone, middle),
        drawnPartitions(random, timezone, middle),
        drawnMapping(random),
      ]
      const at = { now: new Date(middle + random(40) * (day / 4)) }
      const model = new Model(spec, own, upstream, at, middle)
      const sides = JSON.stringify({ own, upstream, spec, at })
      for (const key of model.keys) {
        expect([sides, key, upstreamPartitions(spec, { key, own, upstream }, at)]).toEqual([sides, key, model.neededBy(key)])
      }
      for (const key of partitionKeys(upstream, at)) {
        expect([sides, key, downstreamPartitions(spec, { key, own, upstream }, at)]).toEqual([sides, key, model.needing(key)])
      }
      const keys = model.keys
      if (keys.length === 0) continue
      const from = random(keys.length)
      const stretch = keys.slice(from, from + 1 + random(keys.length - from))
      const ranges = upstreamRanges(spec, { from: stretch[0] as string, to: stretch.at(-1) as string, own, upstream }, at)
      expect([sides, new Set(keysOfRanges(upstream, ranges, at))]).toEqual([sides, model.neededByAny(stretch)])
      if (own.exclusions.length === 0) expect(ranges.length).toBeLessThan(2)
    }
  })
})

describe('windows that overlap', () => {
  const days = dailyPartitions({ start: '2026-01-10' }).spec
  const months = monthlyPartitions({ start: '2026-01-01' }).spec
  const at = { now: new Date('2026-04-01T00:00:00Z') }

  it('are of a month its days, and those before the start are missing', () => {
    const needed = (key: string) => upstreamPartitions(timeWindowMapping().spec, { key, own: months, upstream: days }, at)
    expect([needed('2026-02-01').keys.length, needed('2026-02-01').keys.at(-1), needed('2026-02-01').missing]).toEqual([
      28,
      '2026-02-28',
      [],
    ])
    expect(needed('2026-01-01').missing).toEqual(Array.from({ length: 9 }, (_, index) => `2026-01-0${index + 1}`))
    expect(() => needed('2025-12-01')).toThrow(expect.objectContaining({ code: 'PARTITION_UNKNOWN' }))
  })

  it('are of a million hours found without looking at them', () => {
    const hours = hourlyPartitions({ start: '1900-01-01', timezone: 'Europe/Berlin' }).spec
    const berlin = monthlyPartitions({ start: '1900-01-01', timezone: 'Europe/Berlin' }).spec
    const { spec } = timeWindowMapping()
    expect(upstreamRanges(spec, { from: '1900-01-01', to: '2026-03-01', own: berlin, upstream: hours }, at)).toEqual([
      { from: '1900-01-01-00:00', to: '2026-03-31-23:00' },
    ])
    expect(downstreamPartitions(spec, { key: '2026-03-29-01:00', own: berlin, upstream: hours }, at)).toEqual(['2026-03-01'])
  })

  it('end where every window is excluded', () => {
    const none = dailyPartitions({ start: '2026-01-01', exclusions: ['0 0 * * *'] }).spec
    const { spec } = timeWindowMapping({ startOffset: -1 })
    expect(downstreamPartitions(spec, { key: '2026-02-01', own: none, upstream: days }, at)).toEqual([])
    expect(upstreamPartitions(spec, { key: '2026-02-01', own: months, upstream: none }, at)).toEqual({ keys: [], missing: [] })
    expect(upstreamRanges(spec, { from: '2026-02-01', to: '2026-03-01', own: months, upstream: none }, at)).toEqual([])
  })

  it('of a partition before are on the workday before', () => {
    const workdays = dailyPartitions({ start: '2026-01-01', exclusions: ['0 0 * * 0,6'] }).spec
    const { spec } = timeWindowMapping({ startOffset: -1, endOffset: -1 })
    expect(upstreamPartitions(spec, { key: '2026-01-12', own: workdays, upstream: workdays }, at).keys).toEqual(['2026-01-09'])
    expect(downstreamPartitions(spec, { key: '2026-01-09', own: workdays, upstream: workdays }, at)).toEqual(['2026-01-12'])
  })
})
