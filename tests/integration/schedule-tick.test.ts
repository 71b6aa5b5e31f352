import { WorkflowFailedError } from '@temporalio/client'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { asset } from '../../definitions/asset.ts'
import { definitions } from '../../definitions/definitions.ts'
import { assetJob } from '../../definitions/job.ts'
import { partitionedSchedule } from '../../definitions/partitioned-schedule.ts'
import { dailyPartitions } from '../../definitions/partitions/window-partitions.ts'
import { runRequest } from '../../definitions/run-request.ts'
import { schedule } from '../../definitions/schedule.ts'
import { skip } from '../../definitions/skip.ts'
import type { Run } from '../../metadata/stores/run-store.ts'
import type { Tick } from '../../metadata/stores/tick-store.ts'
import { previewTick } from '../../temporal/tick-preview.ts'
import { scheduleTickWorkflowType, taskQueueOf } from '../../workflows/names.ts'
import { DurableStack } from '../durable-stack.ts'

const orders = asset({ key: 'orders', materialize: () => 1 })
const broken = asset({
  key: 'broken',
  materialize: () => {
    throw new Error('no disk')
  },
})
const daily = asset({
  key: 'daily',
  partitions: dailyPartitions({ start: '2026-01-01' }),
  materialize: (_, { partitionKey }) => partitionKey,
})
const ordersJob = assetJob({ name: 'orders_job', selection: 'orders' })
const brokenJob = assetJob({ name: 'broken_job', selection: 'broken' })
const dailyJob = assetJob({ name: 'daily_job', selection: 'daily' })

const choosing = schedule({
  name: 'choosing',
  job: ordersJob,
  every: '1 minute',
  missedTicks: 'all',
  async *evaluate({ scheduledTime, log }) {
    log.info('deciding')
    if (scheduledTime.getUTCMinutes() === 1) yield skip('not at one')
    else if (scheduledTime.getUTCMinutes() === 2) throw new Error('no idea')
    else {
      yield runRequest({ runKey: 'a', tags: { part: 'a' } })
      yield runRequest({ runKey: 'b', tags: { part: 'b' } })
      yield runRequest({ runKey: 'a', tags: { part: 'again' } })
    }
  },
})

let stack: DurableStack

beforeAll(async () => {
  stack = await DurableStack.start('schedule-tick')
  await stack.startWorker(
    definitions({
      assets: [orders, broken, daily],
      jobs: [ordersJob, brokenJob, dailyJob],
      schedules: [
        schedule({ name: 'plain', job: ordersJob, cron: '0 6 * * *', runConfig: {}, tags: { team: 'data' }, missedTicks: 'all' }),
        schedule({ name: 'strict', job: brokenJob, cron: '0 6 * * *', pauseOnFailure: true, missedTicks: 'all' }),
        schedule({ name: 'newest', job: ordersJob, every: '1 day' }),
        partitionedSchedule({ job: dailyJob, name: 'nightly', hourOfDay: 3 }),
        choosing,
      ],
    }),
  )
})
afterAll(() => stack?.stop())

const tickAt = async (name: string, scheduledAt: string): Promise<void> => {
  await stack.client.workflow.execute(scheduleTickWorkflowType, {
    workflowId: `tick:${stack.codeLocation}/${name}-${scheduledAt}-${crypto.randomUUID()}`,
    taskQueue: taskQueueOf(stack.codeLocation),
    args: [{ codeLocation: stack.codeLocation, name, scheduledAt }],
  })
}
const ticksOf = async (name: string): Promise<readonly Tick[]> =>
  (await stack.store.ticks.list({ codeLocation: stack.codeLocation, kind: 'SCHEDULE', name }, { limit: 20 })).items
const runsOf = async (name: string): Promise<readonly Run[]> =>
  (await stack.store.runs.list({ tags: { 'assetry/schedule': name } }, { limit: 20 })).items

test('a tick starts one run, however often Temporal starts it', async () => {
  await Promise.all([tickAt('plain', '2026-03-01T06:00:00.000Z'), tickAt('plain', '2026-03-01T06:00:00.000Z')])
  const [run, ...others] = await runsOf('plain')
  expect(others).toEqual([])
  expect(run).toMatchObject({ jobName: 'orders_job', tags: { team: 'data' } })
  expect((await stack.ended(run?.runId ?? '')).run.status).toBe('SUCCESS')
  expect(await ticksOf('plain')).toMatchObject([{ status: 'SUCCESS', scheduledAt: new Date('2026-03-01T06:00:00Z'), requests: 1 }])
})

test('of ticks that were missed the newest runs, once', async () => {
  await tickAt('newest', '2026-03-01T00:00:00.000Z')
  await tickAt('newest', '2026-03-02T00:00:00.000Z')
  expect(await runsOf('newest')).toHaveLength(1)
  const today = new Date(Math.floor(Date.now() / 86_400_000) * 86_400_000)
  expect(await ticksOf('newest')).toMatchObject([{ scheduledAt: today }])
})

test('a partitioned schedule asks for the partition whose window has closed, and for each once', async () => {
  await tickAt('nightly', '2026-03-01T03:00:00.000Z')
  await tickAt('nightly', '2026-03-02T03:00:00.000Z')
  await tickAt('nightly', '2026-03-02T04:30:00.000Z')
  expect(new Set((await runsOf('nightly')).map(({ partitionKey }) => partitionKey))).toEqual(new Set(['2026-02-28', '2026-03-01']))
  expect((await ticksOf('nightly'))[0]).toMatchObject({ status: 'SKIPPED', duplicates: 1 })
})

test('a function decides: several runs, none with a reason, or an error that fails the tick', async () => {
  await tickAt('choosing', '2026-03-01T06:00:00.000Z')
  expect(new Set((await runsOf('choosing')).map(({ tags }) => tags['part']))).toEqual(new Set(['a', 'b']))
  await tickAt('choosing', '2026-03-01T06:01:00.000Z')
  await expect(tickAt('choosing', '2026-03-01T06:02:00.000Z')).rejects.toThrow(WorkflowFailedError)
  expect(await ticksOf('choosing')).toMatchObject([
    { status: 'FAILURE', error: { message: 'no idea' } },
    { status: 'SKIPPED', skipReason: 'not at one' },
    { status: 'SUCCESS', requests: 3, duplicates: 1 },
  ])
  const ask = { kind: 'SCHEDULE' as const, codeLocation: stack.codeLocation, name: 'choosing', scheduledAt: '2026-03-01T06:03:00.000Z' }
  expect(await previewTick(stack.client, ask, 60_000)).toMatchObject({
    requests: [{ runKey: 'a' }, { runKey: 'b' }, { runKey: 'a' }],
    logs: [{ message: 'deciding' }],
  })
  expect(await ticksOf('choosing')).toHaveLength(3)
})

test('a tick that pauses on failure lasts as long as its runs, and fails with them', async () => {
  await expect(tickAt('strict', '2026-03-01T06:00:00.000Z')).rejects.toThrow(WorkflowFailedError)
  expect(await runsOf('strict')).toMatchObject([{ status: 'FAILURE' }])
  expect(await ticksOf('strict')).toMatchObject([{ status: 'SUCCESS' }])
})
