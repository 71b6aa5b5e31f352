import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { asset } from '../../definitions/asset.ts'
import { definitions } from '../../definitions/definitions.ts'
import { assetJob } from '../../definitions/job.ts'
import { runRequest } from '../../definitions/run-request.ts'
import { sensor } from '../../definitions/sensor.ts'
import { skip } from '../../definitions/skip.ts'
import type { Run } from '../../metadata/stores/run-store.ts'
import type { SensorControl } from '../../temporal/sensor-control.ts'
import { DurableStack } from '../durable-stack.ts'

const orders = asset({ key: 'orders', config: z.object({ file: z.string() }), materialize: (_, { config }) => config.file })
const ingest = assetJob({ name: 'ingest', selection: 'orders' })
const seen: string[] = []

const uploads = sensor({
  name: 'uploads',
  job: ingest,
  events: z.object({ file: z.string() }),
  evaluate: ({ events, received }) =>
    events.map(({ file }, index) => runRequest({ runKey: received[index]?.id ?? file, runConfig: { assets: { orders: { file } } } })),
})
const counting = sensor({
  name: 'counting',
  job: ingest,
  minimumInterval: '1 second',
  evaluate: ({ cursor = '0', updateCursor, log }) => {
    log.info(`at ${cursor}`)
    if (cursor === '3') return skip('three are enough')
    updateCursor(String(Number(cursor) + 1))
    return runRequest({ runKey: `file-${cursor}`, runConfig: { assets: { orders: { file: cursor } } } })
  },
})
const wrong = sensor({
  name: 'wrong',
  job: ingest,
  minimumInterval: '1 second',
  evaluate: () => {
    seen.push('wrong')
    return runRequest({ runConfig: { assets: { orders: { fil: 'x' } } } })
  },
})

let stack: DurableStack
let control: SensorControl

beforeAll(async () => {
  stack = await DurableStack.start('sensors')
  control = stack.sensors
  await stack.startWorker(definitions({ assets: [orders], jobs: [ingest], sensors: [uploads, counting, wrong] }))
})
afterAll(() => stack?.stop())

const runs = async (): Promise<readonly Run[]> => (await stack.store.runs.list({}, { limit: 100 })).items
const ofSensor = async (name: string): Promise<readonly Run[]> => (await runs()).filter(({ tags }) => tags['assetry/sensor'] === name)
const named = (name: string) => control.find(name, stack.codeLocation)

async function until<T>(read: () => Promise<T>, isSo: (value: T) => boolean): Promise<T> {
  for (;;) {
    const value = await read()
    if (isSo(value)) return value
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

test('a sensor that is stopped keeps its events and takes them when it is started, each once', async () => {
  const it = await named('uploads')
  const events = [1, 2, 3].map((n) => ({ key: `event-${n}`, event: { file: `${n}.csv` } }))
  await control.receive(it, events)
  expect((await control.receive(it, events)).map(({ created }) => created)).toEqual([false, false, false])
  expect(await ofSensor('uploads')).toEqual([])
  await control.start(it)
  const started = await until(
    () => ofSensor('uploads'),
    (all) => all.length === 3,
  )
  expect(new Set(started.map(({ tags }) => tags['assetry/run_key']))).toEqual(new Set(['event-1', 'event-2', 'event-3']))
  await control.receive(it, [
    { key: 'event-4', event: { file: '4.csv' } },
    { key: 'bad', event: { fil: 1 } },
  ])
  await until(
    () => ofSensor('uploads'),
    (all) => all.length === 4,
  )
})

test('a sensor goes on from its cursor, and says why it skips', async () => {
  await control.start(await named('counting'))
  const name = { codeLocation: stack.codeLocation, kind: 'SENSOR' as const, name: 'counting' }
  const ticks = await until(
    async () => (await stack.store.ticks.list(name, { limit: 100 })).items,
    (all) => all.some(({ status }) => status === 'SKIPPED'),
  )
  expect(ticks.map(({ status }) => status).filter((status) => status === 'SUCCESS')).toHaveLength(3)
  expect(ticks[0]).toMatchObject({ skipReason: 'three are enough', cursorBefore: '3' })
  expect((await stack.store.ticks.logsOf(ticks[0]?.tickId ?? ''))[0]).toMatchObject({ message: 'at 3' })
  expect(await ofSensor('counting')).toHaveLength(3)
  await control.setCursor(await named('counting'), '2')
  await until(
    async () => (await stack.store.ticks.list(name, { limit: 100 })).items,
    (all) => all.some(({ duplicates }) => duplicates === 1),
  )
  expect(await ofSensor('counting')).toHaveLength(3)
  await control.stop(await named('counting'))
})

test('a request with a wrong config fails the tick, with its path, and starts nothing', async () => {
  await control.start(await named('wrong'))
  const name = { codeLocation: stack.codeLocation, kind: 'SENSOR' as const, name: 'wrong' }
  const [tick] = await until(
    async () => (await stack.store.ticks.list(name, { limit: 100 })).items,
    (all) => all.some(({ status }) => status === 'FAILURE'),
  )
  expect(tick?.error?.message).toContain('runRequests[0].runConfig.assets.orders.fil')
  expect(await ofSensor('wrong')).toEqual([])
  const preview = await control.preview(await named('wrong'), {})
  expect(preview.requests[0]?.findings[0]?.path).toBe('runRequests[0].runConfig.assets.orders.fil')
  await control.stop(await named('wrong'))
})
