import { describe, expect, it } from 'vitest'
import { firstPartition, lastPartition, partitionCount, partitionKeys } from './partition-keys.ts'
import { parsedRange, partitionKeyRange } from './partition-range.ts'
import { requirePartition } from './partition-unknown.ts'
import { partitionAt, partitionWindow } from './partition-window.ts'
import { type PartitionsSpec, samePartitions } from './partitions-spec.ts'
import { staticPartitions } from './static-partitions.ts'
import { cronPartitions, dailyPartitions, hourlyPartitions, monthlyPartitions, weeklyPartitions } from './window-partitions.ts'

const at = { now: new Date('2026-01-10T12:00:00Z') }

function keysOf({ spec }: { readonly spec: PartitionsSpec }): readonly string[] {
  return [...partitionKeys(spec, at)]
}

function messageOf(call: () => unknown): string {
  try {
    call()
  } catch (error) {
    return (error as Error).message
  }
  throw new Error('nothing was thrown')
}

describe('partitions by time', () => {
  it('exist as soon as their window is over', () => {
    const { spec } = dailyPartitions({ start: '2026-01-08' })
    expect([...partitionKeys(spec, { now: new Date('2026-01-09T23:59:59.999Z') })]).toEqual(['2026-01-08'])
    expect([...partitionKeys(spec, { now: new Date('2026-01-10') })]).toEqual(['2026-01-08', '2026-01-09'])
  })

  it('are none before the first window is over', () => {
    const { spec } = dailyPartitions({ start: '2027-01-01' })
    expect([partitionCount(spec, at), firstPartition(spec, at), lastPartition(spec, at)]).toEqual([0, undefined, undefined])
  })

  it('begin with the first window that starts at the start or later', () => {
    expect(keysOf(dailyPartitions({ start: '2026-01-07T00:01' }))).toEqual(['2026-01-08', '2026-01-09'])
  })

  it('end with the last window that ends at the end or earlier', () => {
    expect(keysOf(dailyPartitions({ start: '2026-01-01', end: '2026-01-05' }))).toEqual([
      '2026-01-01',
      '2026-01-02',
      '2026-01-03',
      '2026-01-04',
    ])
    expect(keysOf(dailyPartitions({ start: '2026-01-01', end: '2026-01-03T12:00' }))).toEqual(['2026-01-01', '2026-01-02'])
  })

  it('are more or less by endOffset, and never beyond the end', () => {
    expect(keysOf(dailyPartitions({ start: '2026-01-08', endOffset: 2 })).at(-1)).toBe('2026-01-11')
    expect(keysOf(dailyPartitions({ start: '2026-01-08', endOffset: -1 }))).toEqual(['2026-01-08'])
    expect(keysOf(dailyPartitions({ start: '2026-01-08', endOffset: 5, end: '2026-01-12' })).at(-1)).toBe('2026-01-11')
  })

  it('leave out what cron expressions and times exclude', () => {
    const weekdays = dailyPartitions({ start: '2026-01-01', exclusions: ['0 0 * * 0,6', '2026-01-06'] })
    expect(keysOf(weekdays)).toEqual(['2026-01-01', '2026-01-02', '2026-01-05', '2026-01-07', '2026-01-08', '2026-01-09'])
    expect(partitionCount(weekdays.spec, at)).toBe(6)
    expect(partitionAt(weekdays.spec, new Date('2026-01-04T05:00:00Z'))).toBeUndefined()
  })

  it('have the keys that their format says', () => {
    expect(keysOf(monthlyPartitions({ start: '2025-11-01', format: '%Y/%m' }))).toEqual(['2025/11', '2025/12'])
    expect(keysOf(dailyPartitions({ start: '2026-01-09', format: 'on 100%% %Y%m%dT%H:%M:%S%z', timezone: 'Europe/Berlin' }))).toEqual([
      'on 100% 20260109T00:00:00+01:00',
    ])
    expect(keysOf(weeklyPartitions({ start: '2025-12-25', dayOffset: 1 }))).toEqual(['2025-12-29'])
    expect(keysOf(cronPartitions({ cron: '0 18 * * 1-5', start: '2026-01-07' }))).toEqual(['2026-01-07', '2026-01-08'])
    expect(partitionCount(hourlyPartitions({ start: '2026-01-09' }).spec, at)).toBe(36)
  })

  it('give a window for a key that is not over yet, too', () => {
    const { spec } = monthlyPartitions({ start: '2026-01-01', timezone: 'Europe/Berlin' })
    expect(partitionWindow(spec, '2026-03-01')).toEqual({ start: new Date('2026-02-28T23:00:00Z'), end: new Date('2026-03-31T22:00:00Z') })
  })

  it('are computed one by one, however many there are', () => {
    const { spec } = hourlyPartitions({ start: '0001-01-01' })
    const [first] = partitionKeys(spec, at)
    expect([first, lastPartition(spec, at)]).toEqual(['0001-01-01-00:00', '2026-01-10-11:00'])
    expect(partitionCount(spec, at)).toBe((Date.parse('2026-01-10T12:00:00Z') - Date.parse('0001-01-01T00:00:00Z')) / 3_600_000)
  })

  it.each([
    ['2026-01-40', 'Nearest: "2026-01-09".'],
    ['2026-1-5', 'Nearest: "2026-01-05" and "2026-01-06".'],
    ['2025-12-31', 'it is before the start. Nearest: "2026-01-01" and "2026-01-02".'],
    ['2026-01-10', 'it exists from 2026-01-11T00:00:00Z on. Nearest: "2026-01-09".'],
    ['yesterday', 'keys are written as %Y-%m-%d. Nearest: "2026-01-09". The partitions go from "2026-01-01" to "2026-01-09".'],
  ])('refuse the key %s and name the nearest', (key, text) => {
    const { spec } = dailyPartitions({ start: '2026-01-01' })
    expect(messageOf(() => requirePartition(spec, key, at))).toContain(text)
  })

  it('refuse a window of a key that no time makes one', () => {
    const { spec } = dailyPartitions({ start: '2026-01-01', exclusions: ['2026-01-06'] })
    expect(messageOf(() => partitionWindow(spec, '2026-01-06'))).toContain('it is excluded')
    expect(() => partitionWindow(spec, '2025-12-31')).toThrow(expect.objectContaining({ code: 'PARTITION_UNKNOWN' }))
  })
})

describe('definers of partitions by time', () => {
  it.each([
    [() => dailyPartitions({ start: '2026-13-01' }), 'start "2026-13-01" is no time'],
    [() => dailyPartitions({ start: new Date(NaN) }), 'is no time'],
    [() => dailyPartitions({ start: '2026-01-02', end: '2026-01-01' }), 'so there would be no partition'],
    [() => dailyPartitions({ start: '2026-01-01', timezone: 'Europe/Berln' }), 'timezone "Europe/Berln" is not known'],
    [() => dailyPartitions({ start: '2026-01-01', timezone: '+02:00' }), 'timezone "+02:00" is not known'],
    [() => dailyPartitions({ start: '2026-01-01', format: '%Y-%m' }), 'gives several windows the same key. Add %d.'],
    [() => dailyPartitions({ start: '2026-01-01', format: '%Y-%m-%d %p' }), 'has something other than'],
    [() => hourlyPartitions({ start: '2026-01-01', format: '%Y-%m-%d' }), 'Add %H.'],
    [() => dailyPartitions({ start: '2026-01-01', hourOffset: 24 }), 'hourOffset is 24, which is not a whole number from 0 to 23'],
    [() => weeklyPartitions({ start: '2026-01-01', dayOffset: 7 }), 'dayOffset is 7'],
    [() => monthlyPartitions({ start: '2026-01-01', dayOffset: 31 }), 'dayOffset is 31'],
    [() => dailyPartitions({ start: '2026-01-01', endOffset: 0.5 }), 'endOffset is 0.5'],
    [() => dailyPartitions({ start: '2026-01-01', exclusions: ['2026-01-01T05:00'] }), 'is not the start of a window'],
    [() => dailyPartitions({ start: '2026-01-01', exclusions: ['0 0 * *'] }), 'is no cron expression of five fields'],
    [() => cronPartitions({ cron: '* * * * * *', start: '2026-01-01' }), 'is no cron expression of five fields'],
    [() => cronPartitions({ cron: '@daily', start: '2026-01-01' }), 'is no cron expression of five fields'],
    [() => cronPartitions({ cron: '0 0 31 2 *', start: '2026-01-01' }), 'that ever ticks'],
    [() => cronPartitions({ cron: '0 */2 * * *', start: '2026-01-01', format: '%Y-%m-%d' }), 'Add %H.'],
  ])('refuse what can be no definition: %s', (define, text) => {
    expect(define).toThrow(expect.objectContaining({ code: 'INVALID_OPTION' }))
    expect(messageOf(define)).toContain(text)
  })
})

describe('static partitions', () => {
  const { spec } = staticPartitions(['eu', 'us', 'asia'])

  it('are their keys, in order', () => {
    expect([...partitionKeys(spec, at), partitionCount(spec, at), lastPartition(spec, at)]).toEqual(['eu', 'us', 'asia', 3, 'asia'])
    expect(partitionWindow(spec, 'us')).toBeUndefined()
  })

  it('refuse a key that is not among them and name the nearest', () => {
    expect(messageOf(() => requirePartition(spec, 'azia', at))).toBe(
      'There is no partition "azia". Nearest: "asia". The partitions are "eu", "us" and "asia".',
    )
  })

  it.each([[[]], [['a', 'a']], [['']], [['a...b']], [['a\nb']], ['abc' as never]])('are refused of %j', (keys) => {
    expect(() => staticPartitions(keys)).toThrow(expect.objectContaining({ code: 'INVALID_OPTION' }))
  })
})

describe('a range of partitions', () => {
  const { spec } = dailyPartitions({ start: '2026-01-01', exclusions: ['2026-01-03'] })

  it('is all from one to another, both included, but for what is excluded', () => {
    expect([...partitionKeyRange(spec, '2026-01-02...2026-01-05', at)]).toEqual(['2026-01-02', '2026-01-04', '2026-01-05'])
    expect([...partitionKeyRange(spec, { from: '2026-01-02', to: '2026-01-02' }, at)]).toEqual(['2026-01-02'])
    expect([...partitionKeyRange(staticPartitions(['a', 'b', 'c']).spec, 'b...c', at)]).toEqual(['b', 'c'])
  })

  it('is one key where only one is given', () => {
    expect(parsedRange('2026-01-02')).toEqual({ from: '2026-01-02', to: '2026-01-02' })
  })

  it('is refused where an end does not exist or comes before the other', () => {
    expect(messageOf(() => partitionKeyRange(spec, '2026-01-05...2026-01-02', at))).toContain('Turn it around')
    expect(messageOf(() => partitionKeyRange(spec, '2026-01-05...2026-02-01', at))).toContain('There is no partition "2026-02-01"')
  })
})

describe('two definitions', () => {
  it('are the same where they say the same, through JSON, too', () => {
    const one = dailyPartitions({ start: '2026-01-01' }).spec
    const read = JSON.parse(JSON.stringify(one, Object.keys(one).toSorted())) as typeof one
    expect(samePartitions(one, read)).toBe(true)
    expect(samePartitions(one, dailyPartitions({ start: new Date('2026-01-01') }).spec)).toBe(true)
    expect(samePartitions(one, dailyPartitions({ start: '2026-01-02' }).spec)).toBe(false)
  })
})
