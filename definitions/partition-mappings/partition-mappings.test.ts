import { describe, expect, it } from 'vitest'
import type { PartitionsSpec } from '../partitions/partitions-spec.ts'
import { staticPartitions } from '../partitions/static-partitions.ts'
import { dailyPartitions, weeklyPartitions } from '../partitions/window-partitions.ts'
import { downstreamPartitions } from './downstream-partitions.ts'
import type { PartitionMapping } from './partition-mapping.ts'
import {
  allPartitionsMapping,
  identityMapping,
  lastPartitionMapping,
  partitionMapping,
  specificPartitionsMapping,
  staticMapping,
  timeWindowMapping,
} from './partition-mappings.ts'
import { upstreamPartitions } from './upstream-partitions.ts'
import { upstreamRanges } from './upstream-ranges.ts'

const at = { now: new Date('2026-01-05T12:00:00Z') }
const days = dailyPartitions({ start: '2026-01-01' }).spec
const late = dailyPartitions({ start: '2026-01-03' }).spec
const countries = staticPartitions(['de', 'fr', 'ca', 'jp']).spec
const regions = staticPartitions(['us', 'eu', 'none']).spec
const table = staticMapping({ ca: ['us', 'eu'], de: 'eu', fr: 'eu' })

function needs({ spec }: PartitionMapping, key: string | undefined, own: PartitionsSpec | undefined, upstream: PartitionsSpec) {
  return upstreamPartitions(spec, { key, own, upstream }, at)
}

describe('the partitions that one needs', () => {
  it('are those with the same key, where there are', () => {
    expect(needs(identityMapping(), '2026-01-03', days, late)).toEqual({ keys: ['2026-01-03'], missing: [] })
    expect(needs(identityMapping(), '2026-01-02', days, late)).toEqual({ keys: [], missing: ['2026-01-02'] })
  })

  it('are all that exist, or the last', () => {
    expect(needs(allPartitionsMapping(), undefined, undefined, late)).toEqual({ keys: ['2026-01-03', '2026-01-04'], missing: [] })
    expect(needs(lastPartitionMapping(), 'eu', regions, days)).toEqual({ keys: ['2026-01-04'], missing: [] })
    expect(needs(lastPartitionMapping(), 'eu', regions, dailyPartitions({ start: '2027-01-01' }).spec)).toEqual({ keys: [], missing: [] })
  })

  it('are those of a table in the order upstream, and none for what is not in it', () => {
    expect(needs(table, 'eu', regions, countries)).toEqual({ keys: ['de', 'fr', 'ca'], missing: [] })
    expect(needs(table, 'none', regions, countries)).toEqual({ keys: [], missing: [] })
  })

  it('are those that are listed, with what does not exist yet missing', () => {
    const some = specificPartitionsMapping(['2026-01-09', '2026-01-02', '2026-01-01'])
    expect(needs(some, undefined, undefined, days)).toEqual({ keys: ['2026-01-01', '2026-01-02'], missing: ['2026-01-09'] })
  })

  it('are those that a function names, which is told what it may want to know', () => {
    const mapping = partitionMapping({
      upstream: (key, { own, upstream, now }) => [key, `${own.kind}-${upstream.kind}-${now.getUTCDate()}`, 'de', 'ca', 'de'],
    })
    expect(needs(mapping, 'eu', regions, countries)).toEqual({ keys: ['de', 'ca'], missing: ['eu', 'static-static-5'] })
  })

  it.each([
    ['a function that gives no list', partitionMapping({ upstream: () => 'de' as never }), 'eu', regions, 'gave "de" for "eu"'],
    ['a function that is elsewhere', { ...table, spec: { kind: 'function' } as const }, 'eu', regions, 'only the code of the project has'],
    ['no partition', table, undefined, undefined, 'the asset has no partitions'],
    ['windows of a list', timeWindowMapping(), 'eu', regions, 'no windows of time'],
  ])('are refused of %s', (_what, mapping, key, own, text) => {
    expect(() => needs(mapping, key, own, countries)).toThrow(
      expect.objectContaining({ code: 'PARTITION_MAPPING_INVALID', message: expect.stringContaining(text) as string }),
    )
  })
})

const pairs: readonly (readonly [string, PartitionMapping, PartitionsSpec, PartitionsSpec])[] = [
  ['the same key', identityMapping(), days, days],
  ['the same key of other days', identityMapping(), days, late],
  ['all', allPartitionsMapping(), regions, days],
  ['the last', lastPartitionMapping(), days, countries],
  ['a table', table, regions, countries],
  ['a list', specificPartitionsMapping(['fr', 'de']), days, countries],
  ['a function', partitionMapping({ upstream: (key) => (key === 'us' ? ['ca'] : ['fr', 'de', 'nowhere']) }), regions, countries],
  ['windows', timeWindowMapping({ startOffset: -1 }), days, late],
]

function keysOf(spec: PartitionsSpec): readonly string[] {
  return spec.kind === 'static'
    ? spec.keys
    : upstreamPartitions({ kind: 'all' }, { key: undefined, own: undefined, upstream: spec }, at).keys
}

describe.each(pairs)('the partitions that need one by %s', (_what, { spec }, own, upstream) => {
  it('are those for which it is named, and no other', () => {
    for (const key of keysOf(upstream)) {
      const needing = keysOf(own).filter((each) => upstreamPartitions(spec, { key: each, own, upstream }, at).keys.includes(key))
      expect([key, downstreamPartitions(spec, { key, own, upstream }, at)]).toEqual([key, needing])
    }
  })
})

describe('the partitions that a range needs', () => {
  const ranges = ({ spec }: PartitionMapping, [from, to]: readonly [string, string], own: PartitionsSpec, upstream: PartitionsSpec) =>
    upstreamRanges(spec, { from, to, own, upstream }, at).map((range) => `${range.from}...${range.to}`)

  it('are one range of the same partitions and of windows', () => {
    expect(ranges(identityMapping(), ['2026-01-01', '2026-01-03'], days, days)).toEqual(['2026-01-01...2026-01-03'])
    const weeks = weeklyPartitions({ start: '2025-12-28' }).spec
    expect(ranges(timeWindowMapping(), ['2025-12-28', '2025-12-28'], weeks, days)).toEqual(['2026-01-01...2026-01-03'])
  })

  it('are a range from the first to the last, or of the last', () => {
    expect(ranges(allPartitionsMapping(), ['us', 'eu'], regions, days)).toEqual(['2026-01-01...2026-01-04'])
    expect(ranges(lastPartitionMapping(), ['us', 'eu'], regions, days)).toEqual(['2026-01-04...2026-01-04'])
    expect(ranges(allPartitionsMapping(), ['us', 'eu'], regions, dailyPartitions({ start: '2027-01-01' }).spec)).toEqual([])
  })

  it('are one range a key of every other, each once', () => {
    expect(ranges(table, ['us', 'eu'], regions, countries)).toEqual(['de...de', 'fr...fr', 'ca...ca'])
    expect(ranges(identityMapping(), ['2026-01-01', '2026-01-04'], days, late)).toEqual([
      '2026-01-03...2026-01-03',
      '2026-01-04...2026-01-04',
    ])
  })

  it('leave out what is only needed by excluded windows', () => {
    const odd = dailyPartitions({ start: '2026-01-01', exclusions: ['2026-01-02'] }).spec
    expect(ranges(timeWindowMapping(), ['2026-01-01', '2026-01-04'], odd, days)).toEqual([
      '2026-01-01...2026-01-01',
      '2026-01-03...2026-01-04',
    ])
  })
})

describe('a mapping', () => {
  it.each([
    ['offsets that are turned around', () => timeWindowMapping({ startOffset: 1 }), 'startOffset 1 is after endOffset 0'],
    ['an offset of a half', () => timeWindowMapping({ endOffset: 0.5 }), 'endOffset is 0.5'],
    ['no keys', () => specificPartitionsMapping([]), 'there are no keys'],
    ['keys that are none', () => specificPartitionsMapping([1] as never), '[1] is no list of partition keys'],
    ['a table of numbers', () => staticMapping({ de: 1 as never }), '1 is no list of partition keys'],
    ['no function', () => partitionMapping({ upstream: 'de' as never }), 'upstream is "de", not a function'],
  ])('is refused with %s', (_what, make, text) => {
    expect(make).toThrow(expect.objectContaining({ code: 'INVALID_OPTION', message: expect.stringContaining(text) as string }))
  })
})
