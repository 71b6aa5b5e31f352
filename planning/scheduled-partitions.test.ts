import { describe, expect, it } from 'vitest'
import { dailyPartitions, hourlyPartitions } from '../definitions/partitions/window-partitions.ts'
import { dynamicPartitions } from '../definitions/partitions/dynamic-partitions.ts'
import { multiPartitions } from '../definitions/partitions/multi-partitions.ts'
import { partitionKeys } from '../definitions/partitions/partition-keys.ts'
import type { TimePartitionsSpec } from '../definitions/partitions/partitions-spec.ts'
import { partitionedTiming } from '../definitions/partitioned-timing.ts'
import { isRunRequest } from '../definitions/run-request.ts'
import { staticPartitions } from '../definitions/partitions/static-partitions.ts'
import { places } from '../tests/zone-clocks.ts'
import { nextTick, previousTick } from './schedule-ticks.ts'
import { scheduledPartitions, scheduledRequests } from './scheduled-partitions.ts'
import type { ScheduleSnapshot } from './schedule-snapshot.ts'

const now = new Date('2026-01-03T06:00:00Z')
const noOffsets = {
  kind: 'partitions',
  minuteOfHour: undefined,
  hourOfDay: undefined,
  dayOfWeek: undefined,
  dayOfMonth: undefined,
  crons: undefined,
} as const

/** What the ticks from one time to another ask for. */
function askedBetween(spec: TimePartitionsSpec, from: number, to: number, offsets: { hourOfDay?: number } = {}): readonly string[] {
  const timing = partitionedTiming(spec, { ...noOffsets, ...offsets })
  if (typeof timing === 'string') throw new TypeError(timing)
  const ticks: number[] = []
  for (let tick = nextTick(timing, from); tick <= to; tick = nextTick(timing, tick)) ticks.push(tick)
  return ticks.flatMap((tick) => scheduledPartitions(spec, { now: new Date(tick) }, new Date(previousTick(timing, tick))))
}

describe.each(places)('ticks for partitions in %s around %s', (timezone, date) => {
  const [from, to] = [Date.parse(date) - 3 * 86_400_000, Date.parse(date) + 4 * 86_400_000]

  it('ask for each window once, in the moment in which it closes', () => {
    for (const minuteOffset of [0, 30]) {
      const options = { timezone, start: new Date(from), minuteOffset }
      for (const { spec } of [
        hourlyPartitions(options),
        ...[0, 1, 2, 3, 23].map((hourOffset) => dailyPartitions({ ...options, hourOffset })),
      ])
        expect(askedBetween(spec, from, to)).toEqual([...partitionKeys(spec, { now: new Date(to) })])
    }
  })

  it('ask for each day at another hour, too', () => {
    const { spec } = dailyPartitions({ timezone, start: new Date(from) })
    const keys = [...partitionKeys(spec, { now: new Date(to) })]
    for (const hourOfDay of [1, 2, 3, 12, 23]) {
      const asked = [...new Set(askedBetween(spec, from, to + 86_400_000, { hourOfDay }))]
      expect(asked.slice(0, keys.length)).toEqual(keys)
    }
  })
})

describe('a tick of a schedule without a function', () => {
  const date = dailyPartitions({ start: '2026-01-01' })
  const region = staticPartitions(['eu', 'us'])
  const plain = {
    partitions: null,
    runConfig: null,
    timing: { kind: 'cron', crons: ['0 6 * * *'], timezone: 'UTC' },
  } as unknown as ScheduleSnapshot

  it('asks for one run with its config, or for a partition under its own key', () => {
    const runConfig = { assets: { orders: { file: 'x' } } }
    expect(scheduledRequests({ ...plain, runConfig }, { now })).toMatchObject([{ runConfig, runKey: undefined, partitionKey: undefined }])
    expect(scheduledRequests({ ...plain, partitions: date.spec }, { now })).toMatchObject([
      { runKey: '2026-01-02', partitionKey: '2026-01-02' },
    ])
  })

  it('asks for the newest window in each combination, and for each listed key each time', () => {
    const both = multiPartitions({ date, region, tenant: dynamicPartitions('tenants') }).spec
    const at = { now, dynamicKeys: new Map([['tenants', ['a', 'b']]]) }
    expect(scheduledPartitions(both, at, now)).toEqual(['2026-01-02|eu|a', '2026-01-02|eu|b', '2026-01-02|us|a', '2026-01-02|us|b'])
    const listed = scheduledRequests({ ...plain, partitions: region.spec }, at)
    expect(listed.map((each) => isRunRequest(each) && each.runKey)).toEqual(['eu 2026-01-03T06:00:00.000Z', 'us 2026-01-03T06:00:00.000Z'])
  })

  it('is skipped where no window has closed yet', () => {
    const early = { now: new Date('2026-01-01T12:00Z') }
    expect(scheduledRequests({ ...plain, partitions: date.spec }, early)).toMatchObject([
      { reason: 'There is no partition yet at 2026-01-01T12:00:00.000Z.' },
    ])
  })
})
