import { Client, Connection } from '@temporalio/client'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import type { ScheduleTiming } from '../../definitions/schedule-timing.ts'
import type { ScheduleSnapshot } from '../../planning/schedule-snapshot.ts'
import { nextTick, startedFor } from '../../planning/schedule-ticks.ts'
import { temporalSchedule } from '../../temporal/schedule-spec.ts'

const day = 86_400_000

let connection: Connection
let client: Client

beforeAll(async () => {
  connection = await Connection.connect({ address: inject('temporalAddress') })
  client = new Client({ connection, namespace: inject('temporalNamespace') })
})
afterAll(() => connection?.close())

let made = 0

/** The times from one to another at which Temporal would start a schedule. */
async function temporalTimes(timing: ScheduleTiming, spans: readonly (readonly [number, number])[]): Promise<readonly number[]> {
  const snapshot = { timing, jitterMs: 0, overlap: 'allow', catchupWindowMs: 60_000, pauseOnFailure: false } as ScheduleSnapshot
  const scheduleId = `schedule:schedule-times/${(made += 1)}`
  const handle = await client.schedule.create({
    scheduleId,
    spec: temporalSchedule(snapshot, Date.parse('2027-01-01')).spec,
    action: { type: 'startWorkflow', workflowType: 'none', taskQueue: 'none' },
    state: { paused: true },
  })
  const found = spans.map(async ([from, to]) => {
    const { startTime } = await client.workflowService.listScheduleMatchingTimes({
      namespace: inject('temporalNamespace'),
      scheduleId,
      startTime: { seconds: (from / 1_000 - 1) as never },
      endTime: { seconds: (to / 1_000) as never },
    })
    return (startTime ?? []).map(({ seconds }) => Number(seconds) * 1_000)
  })
  const times = (await Promise.all(found)).flat()
  await handle.delete()
  return times
}

function ownTimes(timing: ScheduleTiming, spans: readonly (readonly [number, number])[]): readonly number[] {
  return spans.flatMap(([from, to]) => {
    const times: number[] = []
    for (let at = nextTick(timing, from - 1); at <= to; at = nextTick(timing, at)) times.push(at)
    return times
  })
}

/** All that Temporal would start, but for times that the clocks show once more; these there are, where they are expected. */
async function expectSame(timing: ScheduleTiming, spans: readonly (readonly [number, number])[]): Promise<readonly number[]> {
  const all = await temporalTimes(timing, spans)
  const label = JSON.stringify(timing)
  const ticks = all.filter((at) => startedFor(timing, at) === 'tick')
  const texts = (times: readonly number[]): readonly string[] => times.map((at) => new Date(at).toISOString())
  expect([label, ...texts(ticks)]).toEqual([label, ...texts(ownTimes(timing, spans))])
  return all.filter((at) => !ticks.includes(at))
}

const zones = [
  ['UTC', []],
  ['Asia/Kathmandu', []],
  ['Europe/Berlin', ['2027-03-28', '2027-10-31']],
  ['America/New_York', ['2027-03-14', '2027-11-07']],
  ['Australia/Lord_Howe', ['2027-04-04', '2027-10-03']],
  ['America/Nuuk', ['2027-03-27', '2027-10-30']],
] as const

const around = (date: string): readonly [number, number] => [Date.parse(date) - 2 * day, Date.parse(date) + 3 * day]

describe.each(zones)('Temporal starts a schedule in %s', (timezone, dates) => {
  const spans = [...dates, '2027-02-26', '2028-02-27'].map(around)

  it('at its ticks, and at no other time', async () => {
    const hours = [0, 1, 2, 3, 22, 23]
    const crons = [
      ...hours.flatMap((hour) => [`0 ${hour} * * *`, `30 ${hour} * * *`]),
      '15 * * * *',
      '*/20 * * * *',
      '*/10 15 2 * * *',
      '0 */2 * * *',
      '*/10 * * * sun,sat',
      '30 2 28-31 * sun',
    ]
    const others = await Promise.all(crons.map((cron) => expectSame({ kind: 'cron', crons: [cron], timezone }, spans)))
    expect(others.flat()).toEqual([])
  })

  it('where the clocks skip a time of one expression and not of another', async () => {
    expect(await expectSame({ kind: 'cron', crons: ['30 2 * * *', '0 3 * * *', '45 1,23 * * *'], timezone }, spans)).toEqual([])
  })
})

describe('Temporal starts a schedule', () => {
  const year = [[Date.parse('2027-01-01'), Date.parse('2027-12-31')]] as const

  it('on the days of L and #, and on either kind of day', async () => {
    const crons = [
      '0 12 L * *',
      '0 12 L 2,4,5 *',
      '0 12 * * mon#2',
      '0 12 * * 1#5',
      '0 12 * * 3,5L',
      '0 12 1,15 * mon',
      '0 12 13 2-6 5L',
      '0 0 12 29 feb *',
      '@weekdays',
    ]
    const spans = [
      [Date.parse('2027-01-01'), Date.parse('2027-08-31')],
      [Date.parse('2028-01-01'), Date.parse('2028-04-30')],
    ] as const
    const others = await Promise.all(crons.map((cron) => expectSame({ kind: 'cron', crons: [cron], timezone: 'Europe/Berlin' }, spans)))
    expect(others.flat()).toEqual([])
  })

  it('after an interval', async () => {
    const span = [[Date.parse('2027-03-28'), Date.parse('2027-03-28T12:00Z')]] as const
    expect(await expectSame({ kind: 'interval', everyMs: 5_400_000, offsetMs: 300_000 }, span)).toEqual([])
    expect(await expectSame({ kind: 'interval', everyMs: 7_000, offsetMs: 0 }, [[span[0][0], span[0][0] + 60_000]])).toEqual([])
    expect(await expectSame({ kind: 'interval', everyMs: 86_400_000 * 7, offsetMs: 0 }, year)).toEqual([])
  })
})
