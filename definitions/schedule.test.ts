import { describe, expect, it } from 'vitest'
import { asset } from './asset.ts'
import { definitions } from './definitions.ts'
import { assetJob, job } from './job.ts'
import { op } from './op.ts'
import { partitionedSchedule, type PartitionedScheduleOptions } from './partitioned-schedule.ts'
import { dynamicPartitions } from './partitions/dynamic-partitions.ts'
import { multiPartitions } from './partitions/multi-partitions.ts'
import type { PartitionsDefinition } from './partitions/partitions-definition.ts'
import { staticPartitions } from './partitions/static-partitions.ts'
import { cronPartitions, dailyPartitions, hourlyPartitions, monthlyPartitions, weeklyPartitions } from './partitions/window-partitions.ts'
import { isRunRequest, runRequest } from './run-request.ts'
import { schedule, type ScheduleOptions } from './schedule.ts'
import { scheduleItems } from './schedule-items.ts'
import { skip } from './skip.ts'
import { scheduleSnapshot } from '../planning/schedule-snapshot.ts'

const orders = asset({ key: 'orders', materialize: () => 1 })
const nightly = assetJob({ name: 'nightly', selection: 'orders' })

function messagesOf(make: () => unknown): string {
  try {
    make()
  } catch (error) {
    return (error as Error).message
  }
  throw new Error('nothing was thrown')
}

describe('a schedule', () => {
  it('ticks by expressions in a zone, or after an interval', () => {
    expect(schedule({ name: 's', job: nightly, cron: '@daily' }).timing).toEqual({ kind: 'cron', crons: ['@daily'], timezone: 'UTC' })
    expect(schedule({ name: 's', job: nightly, cron: ['0 6 * * *', '*/10 0 8 * * *'], timezone: 'Europe/Berlin' }).timing).toEqual({
      kind: 'cron',
      crons: ['0 6 * * *', '*/10 0 8 * * *'],
      timezone: 'Europe/Berlin',
    })
    const every = schedule({ name: 's', job: nightly, every: '90 minutes', offset: '5m' })
    expect(every.timing).toEqual({ kind: 'interval', everyMs: 5_400_000, offsetMs: 300_000 })
    expect(every).toMatchObject({ defaultStatus: 'STOPPED', overlap: 'allow', missedTicks: 'latest', catchupWindowMs: 86_400_000 })
  })

  it('lets none of its ticks go where all of them wait for their turn', () => {
    expect(schedule({ name: 's', job: nightly, every: '1m', overlap: 'bufferAll' }).missedTicks).toBe('all')
  })

  it.each<[Partial<ScheduleOptions<{}>>, string]>([
    [{}, 'it never ticks'],
    [{ cron: [] }, 'it never ticks'],
    [{ cron: '@daily', every: '1h' }, 'cron and every are given'],
    [{ cron: '*/90 * * * *' }, "every: '90 minutes'"],
    [{ cron: '0 0 31 2 *' }, 'that ever ticks'],
    [{ cron: '@daily', timezone: 'Mars' }, 'timezone "Mars" is not known'],
    [{ every: '1h', timezone: 'UTC' }, 'timezone is given with every'],
    [{ cron: '@daily', offset: '1h' }, 'offset is given'],
    [{ every: 500 }, 'not a duration of at least 1000 ms'],
    [{ every: 1_500 }, 'not a number of whole seconds'],
    [{ every: '1h', offset: '1h' }, 'not less than every'],
    [{ every: '1h', catchupWindow: '5s' }, 'not a duration of at least 10000 ms'],
    [{ every: '1h', overlap: 'buffer' as never }, `overlap is "buffer", not one of 'allow', 'skip'`],
    [{ every: '1h', overlap: 'bufferAll', missedTicks: 'latest' }, 'lets every tick wait'],
    [{ every: '1h', owners: ['nobody'] }, 'neither an e-mail address'],
    [{ every: '1h', selection: 'orders' }, 'job and selection are given'],
    [{ every: '1h', job: undefined as never, jobs: ['a', 'b'] }, 'it has 2 jobs, and no evaluate'],
    [{ every: '1h', job: undefined as never }, 'it says nothing to start'],
    [{ every: '1h', evaluate: 5 as never }, 'evaluate is number, not a function'],
  ])('is refused: %j', (options, text) => {
    expect(messagesOf(() => schedule({ name: 's', job: nightly, ...options }))).toContain(text)
  })

  it('may give run configs in the place of run requests', async () => {
    const items = scheduleItems([runRequest({ runKey: 'a' }), { assets: { orders: 1 } }, skip('x'), undefined, { runRequests: [] }, 5])
    const listed: unknown[] = []
    for await (const item of items as AsyncIterable<unknown>) listed.push(item)
    expect(listed.map((item) => isRunRequest(item))).toEqual([true, true, false, false, false, false])
    expect(scheduleItems({ ops: { clean: {} } })).toMatchObject({ runConfig: { ops: { clean: {} } } })
    expect(scheduleItems(undefined)).toBeUndefined()
  })
})

describe('definitions with schedules', () => {
  it('refuse two of one name, unknown jobs and resources that are not given', () => {
    const one = schedule({ name: 'one', job: 'nightli', cron: '@daily' })
    const other = schedule({ name: 'one', selection: 'ordrs', cron: '@daily' })
    const message = messagesOf(() => definitions({ assets: [orders], jobs: [nightly], schedules: [one, other] }))
    expect(message).toContain('2 schedules are named "one"')
    expect(message).toContain('Schedule "one" is to start the job "nightli", which is not among the jobs')
    expect(message).toContain('Schedule "one": There is no asset "ordrs"')
  })
})

function partitioned(
  partitions: PartitionsDefinition | undefined,
  options: Partial<PartitionedScheduleOptions> = {},
  extra: Parameters<typeof definitions>[0] = {},
) {
  const sales = asset({ key: 'sales', ...(partitions && { partitions }), materialize: () => 1 })
  const sell = assetJob({ name: 'sell', selection: 'sales' })
  const it = partitionedSchedule({ job: sell, ...options })
  return scheduleSnapshot(definitions({ ...extra, assets: [sales, ...(extra.assets ?? [])], jobs: [sell], schedules: [it] }), it)
}

describe('a schedule of partitions', () => {
  const start = '2026-01-01'
  const daily = dailyPartitions({ start, timezone: 'Europe/Berlin', hourOffset: 2 })
  const region = staticPartitions(['eu', 'us'])

  it.each<[PartitionsDefinition, Partial<PartitionedScheduleOptions>, string, string]>([
    [hourlyPartitions({ start, minuteOffset: 10 }), {}, '10 * * * *', 'UTC'],
    [hourlyPartitions({ start }), { minuteOfHour: 20 }, '20 * * * *', 'UTC'],
    [daily, {}, '0 2 * * *', 'Europe/Berlin'],
    [daily, { hourOfDay: 5, minuteOfHour: 30 }, '30 5 * * *', 'Europe/Berlin'],
    [weeklyPartitions({ start, dayOffset: 1 }), { hourOfDay: 7 }, '0 7 * * 1', 'UTC'],
    [weeklyPartitions({ start }), { dayOfWeek: 3 }, '0 0 * * 3', 'UTC'],
    [monthlyPartitions({ start }), { dayOfMonth: 5 }, '0 0 5 * *', 'UTC'],
    [cronPartitions({ start, cron: '0 18 * * 1-5' }), {}, '0 18 * * 1-5', 'UTC'],
    [multiPartitions({ date: daily, region }), { hourOfDay: 4 }, '0 4 * * *', 'Europe/Berlin'],
    [region, { cron: '0 6 * * 1', timezone: 'Europe/Berlin' }, '0 6 * * 1', 'Europe/Berlin'],
  ])('ticks when their windows close, or after it: %#', (partitions, options, cron, timezone) => {
    const snapshot = partitioned(partitions, options)
    expect(snapshot).toMatchObject({ name: 'sell_schedule', missedTicks: 'all', catchupWindowMs: 604_800_000, partitions: partitions.spec })
    expect(snapshot.timing).toEqual({ kind: 'cron', crons: [cron], timezone })
  })

  it.each<[PartitionsDefinition | undefined, Partial<PartitionedScheduleOptions>, string]>([
    [undefined, {}, 'none of the assets that it makes has partitions'],
    [region, {}, "so they don't say when. Give cron."],
    [dynamicPartitions('r'), {}, "so they don't say when"],
    [daily, { cron: '@daily' }, 'cron is given, but the partitions are windows of time'],
    [daily, { dayOfWeek: 1 }, '"dayOfWeek" can\'t be said of daily partitions: there is "minuteOfHour" and "hourOfDay"'],
    [daily, { hourOfDay: 24 }, 'hourOfDay is 24'],
    [daily, { timezone: 'UTC' }, 'timezone is given without cron'],
    [multiPartitions({ one: daily, two: hourlyPartitions({ start }) }), {}, 'windows of time in 2 dimensions'],
  ])('is refused where they say no time: %#', (partitions, options, text) => {
    expect(messagesOf(() => partitioned(partitions, options))).toContain(text)
  })

  it('is refused where its assets have different partitions, or it has none', () => {
    const other = asset({ key: 'other', partitions: region, materialize: () => 1 })
    const both = { job: undefined as never, name: 's', selection: 'sales or other' }
    expect(messagesOf(() => partitioned(daily, both, { assets: [other] }))).toContain(
      'it makes assets with different partitions: "sales" has',
    )
    const ops = job({ name: 'ops', graph: () => op({ name: 'x', run: () => 1 })() })
    const it = partitionedSchedule({ job: ops })
    expect(messagesOf(() => definitions({ jobs: [ops], schedules: [it] }))).toContain('none of the assets that it makes has partitions')
  })
})
