import type { Schedule } from './contract/schedule.ts'
import type { ReceivedEvents, Sensor } from './contract/sensor.ts'
import type { Tick, TickDetail, TickPreview } from './contract/tick.ts'

export const exampleTick: Tick = {
  tickId: '9d1c6c1e-5d8c-4c1f-8a57-0b4c0e7b4a11',
  kind: 'SENSOR',
  name: 'new_files',
  codeLocation: 'default',
  status: 'SUCCESS',
  scheduledAt: null,
  startedAt: '2026-01-31T06:00:00.000Z',
  endedAt: '2026-01-31T06:00:00.120Z',
  cursorBefore: '41',
  cursorAfter: '42',
  skipReason: null,
  error: null,
  requests: 1,
  duplicates: 0,
  events: 0,
}

export const exampleTickDetail: TickDetail = {
  ...exampleTick,
  runRequests: [
    {
      runKey: 'monday.csv',
      status: 'LAUNCHED',
      job: 'ingest',
      selection: null,
      partitionKey: 'monday.csv',
      partitions: null,
      runConfig: {},
      tags: { 'assetry/sensor': 'new_files', 'assetry/run_key': 'monday.csv' },
      runId: '0199c1c4-7a3e-7d2b-9f42-5a1f0c3b8e10',
      backfillId: null,
      error: null,
    },
  ],
  logs: [{ time: '2026-01-31T06:00:00.050Z', level: 'info', source: 'log', message: 'one new file', fields: null }],
}

export const exampleSensor: Sensor = {
  name: 'new_files',
  codeLocation: 'default',
  description: 'Looks into the inbox.',
  target: { jobs: ['ingest'], selection: null },
  status: 'RUNNING',
  byDefault: false,
  reason: null,
  cursor: '42',
  minimumIntervalMs: 30_000,
  takesEvents: false,
  waitingEvents: 0,
  failures: 0,
  lastTick: exampleTick,
}

export const exampleReceivedEvents: ReceivedEvents = { events: [{ id: 'order-1', created: true }], sensorStatus: 'RUNNING' }

export const examplePreview: TickPreview = {
  scheduledAt: null,
  requests: [{ runKey: 'monday.csv', request: { job: 'ingest', partitionKey: 'monday.csv' }, findings: [] }],
  skipReason: null,
  cursor: '43',
  error: null,
  logs: [],
}

export const exampleSchedule: Schedule = {
  name: 'every_morning',
  codeLocation: 'default',
  description: null,
  target: { jobs: ['morning_report'], selection: null },
  timing: { kind: 'cron', crons: ['0 6 * * *'], timezone: 'Europe/Berlin' },
  isPartitioned: false,
  status: 'RUNNING',
  byDefault: false,
  note: 'started',
  nextTicks: ['2026-02-01T05:00:00.000Z'],
  overlap: 'allow',
  catchupWindowMs: 86_400_000,
  missedTicks: 'latest',
  jitterMs: 0,
  pauseOnFailure: false,
  lastTick: {
    ...exampleTick,
    kind: 'SCHEDULE',
    name: 'every_morning',
    scheduledAt: '2026-01-31T05:00:00.000Z',
    cursorBefore: null,
    cursorAfter: null,
  },
}
