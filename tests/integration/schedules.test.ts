import { afterAll, beforeAll, expect, test } from 'vitest'
import { asset } from '../../definitions/asset.ts'
import { definitions } from '../../definitions/definitions.ts'
import { assetJob } from '../../definitions/job.ts'
import { schedule, type Schedule } from '../../definitions/schedule.ts'
import type { Tick } from '../../metadata/stores/tick-store.ts'
import { snapshotOf } from '../../planning/snapshot-of.ts'
import { createScheduleControl, type LocatedSchedule, type ScheduleControl } from '../../temporal/schedule-control.ts'
import { reconcileSchedules } from '../../temporal/schedule-reconciler.ts'
import { scheduleIdOf, scheduleIdPrefix } from '../../workflows/names.ts'
import { DurableStack } from '../durable-stack.ts'

const orders = asset({ key: 'orders', materialize: () => 1 })
const broken = asset({
  key: 'broken',
  materialize: () => {
    throw new Error('no disk')
  },
})
const jobs = [assetJob({ name: 'orders_job', selection: 'orders' }), assetJob({ name: 'broken_job', selection: 'broken' })]
const with_ = (...schedules: readonly Schedule[]) => definitions({ assets: [orders, broken], jobs, schedules })
const daily = (name: string, options: Partial<Parameters<typeof schedule>[0]> = {}) =>
  schedule({ name, job: 'orders_job', cron: '0 6 * * *', ...options })

let stack: DurableStack
let control: ScheduleControl

beforeAll(async () => {
  stack = await DurableStack.start('schedules')
  control = createScheduleControl(stack)
})
afterAll(async () => {
  await register()
  await reconcile()
  await stack?.stop()
})

async function until<T>(read: () => Promise<T>, isSo: (value: T) => boolean): Promise<T> {
  for (;;) {
    const value = await read()
    if (isSo(value)) return value
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

/** What a worker with these schedules does first. */
async function register(...schedules: readonly Schedule[]): Promise<void> {
  await stack.store.codeLocations.register(stack.codeLocation, await snapshotOf(with_(...schedules), { codeVersionOf: () => '1' }))
}

/** What each worker does now and then; two of them at once. */
async function reconcile(): Promise<void> {
  const parts = { store: stack.store, client: stack.client, codeLocation: stack.codeLocation }
  await Promise.all([reconcileSchedules(parts), reconcileSchedules(parts)])
}

const named = (name: string): Promise<LocatedSchedule> => control.find(name, stack.codeLocation)
const handle = (name: string) => stack.client.schedule.getHandle(scheduleIdOf(stack.codeLocation, name))
const stored = (name: string) => stack.store.instigators.get({ codeLocation: stack.codeLocation, kind: 'SCHEDULE', name })

async function listed(): Promise<readonly string[]> {
  const names: string[] = []
  const prefix = scheduleIdPrefix(stack.codeLocation)
  for await (const { scheduleId } of stack.client.schedule.list())
    if (scheduleId.startsWith(prefix)) names.push(scheduleId.slice(prefix.length))
  return names.sort()
}

async function ticks(name: string): Promise<readonly Tick[]> {
  return (await stack.store.ticks.list({ codeLocation: stack.codeLocation, kind: 'SCHEDULE', name }, { limit: 100 })).items
}

test('Temporal has exactly the schedules of the newest definitions, whoever looks, and updates them only where they change', async () => {
  await register(daily('a'), daily('b', { defaultStatus: 'RUNNING' }), daily('c'))
  await reconcile()
  expect((await handle('a').describe()).state).toMatchObject({ paused: true, note: expect.stringContaining('as its definition says') })
  expect((await handle('b').describe()).state.paused).toBe(false)
  await reconcile()
  expect((await handle('a').describe()).info.lastUpdatedAt).toBeUndefined()
  await until(listed, (names) => names.join() === 'a,b,c')
  await register(daily('a', { cron: '0 7 * * *', overlap: 'skip', catchupWindow: '1h' }), daily('b'))
  await reconcile()
  await until(listed, (names) => names.join() === 'a,b')
  const a = await handle('a').describe()
  expect(a.spec.calendars?.[0]?.hour).toEqual([{ start: 7, end: 7, step: 1 }])
  expect(a.policies).toMatchObject({ overlap: 'SKIP', catchupWindow: 3_600_000 })
  // Nobody has started it: its definition's new default counts.
  expect((await handle('b').describe()).state.paused).toBe(true)
})

test('who starts and stops a schedule is believed, in Temporal as here, whatever definitions come later', async () => {
  await register(daily('a'), daily('b', { defaultStatus: 'RUNNING' }))
  await reconcile()
  await control.start(await named('a'), 'by ann')
  expect(await control.describe(await named('a'), 2)).toMatchObject({
    status: 'RUNNING',
    isByDefault: false,
    note: 'started by ann',
    isKept: true,
  })
  await handle('b').pause('by somebody in the Web UI')
  await register(daily('a', { cron: '0 8 * * *' }), daily('b', { cron: '0 8 * * *', defaultStatus: 'RUNNING' }))
  await reconcile()
  expect([(await handle('a').describe()).state.paused, (await handle('b').describe()).state.paused]).toEqual([false, true])
  expect([await stored('a'), await stored('b')]).toMatchObject([
    { status: 'RUNNING', reason: 'started by ann' },
    { status: 'STOPPED', reason: 'by somebody in the Web UI' },
  ])
  await control.reset(await named('b'))
  await reconcile()
  expect(await control.describe(await named('b'))).toMatchObject({ status: 'RUNNING', isByDefault: true, note: null })
  expect((await stored('b'))?.status).toBeNull()
})

test('one that Temporal has lost, or that has another name now, goes on as it was', async () => {
  await register(daily('a'), daily('b'))
  await reconcile()
  await control.start(await named('a'))
  await control.start(await named('b'))
  await handle('a').delete()
  await register(daily('a'), daily('new_b', { renamedFrom: 'b' }))
  await reconcile()
  expect((await handle('a').describe()).state.paused).toBe(false)
  expect((await handle('new_b').describe()).state).toMatchObject({ paused: false, note: 'started' })
  await expect(handle('b').describe()).rejects.toThrow('not found')
  expect([await stored('b'), (await stored('new_b'))?.status]).toEqual([undefined, 'RUNNING'])
  await expect(control.find('new_a', stack.codeLocation)).rejects.toMatchObject({ code: 'UNKNOWN_SCHEDULE' })
})

test('it ticks in Temporal: by its nominal time where there is jitter, by hand at any time, and no more when a run has failed', async () => {
  await stack.startWorker(
    with_(
      daily('a'),
      schedule({
        name: 'jittered',
        job: 'orders_job',
        every: '2 seconds',
        offset: '1 second',
        jitter: '1 second',
        defaultStatus: 'RUNNING',
      }),
      schedule({ name: 'failing', job: 'broken_job', every: '1 second', pauseOnFailure: true, defaultStatus: 'RUNNING' }),
    ),
  )
  const seen = await until(
    () => ticks('jittered'),
    (all) => all.filter(({ status }) => status === 'SUCCESS').length > 1,
  )
  expect(seen.map(({ scheduledAt }) => (scheduledAt?.getTime() ?? 0) % 2_000)).toEqual(seen.map(() => 1_000))
  await control.stop(await named('jittered'))
  await until(
    async () => (await handle('failing').describe()).state.paused,
    (paused) => paused,
  )
  await reconcile()
  expect(await stored('failing')).toMatchObject({ status: 'STOPPED', reason: expect.stringContaining('failure') })
  await control.trigger(await named('a'), new Date('2027-01-01T05:00Z'))
  const [byHand] = await until(
    () => ticks('a'),
    (all) => all.some(({ status }) => status === 'SUCCESS'),
  )
  expect(byHand?.scheduledAt).toEqual(new Date('2027-01-01T05:00Z'))
  expect((await control.preview(await named('a'))).requests).toHaveLength(1)
})
