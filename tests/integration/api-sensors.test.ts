import { createHmac, randomUUID } from 'node:crypto'
import type { OpenAPIHono } from '@hono/zod-openapi'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { createApp } from '../../api/app.ts'
import { Problem } from '../../api/contract/problem.ts'
import { ReceivedEvents } from '../../api/contract/sensor.ts'
import type { Client } from '../../client/index.ts'
import { asset } from '../../definitions/asset.ts'
import { definitions } from '../../definitions/definitions.ts'
import { env } from '../../definitions/env.ts'
import { assetJob } from '../../definitions/job.ts'
import { runRequest } from '../../definitions/run-request.ts'
import { sensor } from '../../definitions/sensor.ts'
import { skip } from '../../definitions/skip.ts'
import { DurableStack } from '../durable-stack.ts'
import { clientOf } from './api-fixture.ts'

const orders = asset({ key: 'orders', config: z.object({ file: z.string() }), materialize: (_, { config }) => config.file })
const ingest = assetJob({ name: 'ingest', selection: 'orders' })
const events = z.object({ file: z.string(), size: z.object({ bytes: z.number() }).optional() })
const secret = 'only the sender and the server know'

const uploads = sensor({
  name: 'uploads',
  job: ingest,
  events,
  evaluate: ({ received, log }) => {
    log.info(`${received.length} files`)
    if (received.length === 0) return skip('no files')
    return received.map(({ id, event }) => runRequest({ runKey: id, runConfig: { assets: { orders: { file: event.file } } } }))
  },
})
const pushes = sensor({
  name: 'pushes',
  job: ingest,
  events,
  signature: { style: 'github', secret: env('ASSETRY_TEST_SENSOR_SECRET') },
  evaluate: () => undefined,
})
const unset = sensor({
  name: 'unset',
  job: ingest,
  events,
  signature: { style: 'github', secret: env('ASSETRY_TEST_UNSET') },
  evaluate: () => undefined,
})
const polling = sensor({
  name: 'polling',
  job: ingest,
  evaluate: ({ cursor }) => (cursor === 'bad' ? runRequest({ runConfig: { assets: { orders: { fil: 1 } } } }) : skip(`at ${cursor}`)),
})

let stack: DurableStack
let app: OpenAPIHono
let guarded: OpenAPIHono
let client: Client

beforeAll(async () => {
  process.env['ASSETRY_TEST_SENSOR_SECRET'] = secret
  stack = await DurableStack.start('api-sensors')
  await stack.startWorker(definitions({ assets: [orders], jobs: [ingest], sensors: [uploads, pushes, unset, polling] }))
  const { store, launcher, backfills, sensors, schedules } = stack
  app = createApp({ store, launcher, backfills, sensors, schedules, version: '0.0.0' })
  guarded = createApp({ store, launcher, backfills, sensors, schedules, version: '0.0.0', token: 'sesame' })
  client = clientOf(app)
})
afterAll(() => stack?.stop())

async function send(name: string, body: unknown, headers: Record<string, string> = {}, to = app): Promise<Response> {
  const content = { 'content-type': 'application/json', ...headers }
  return await to.request(`http://127.0.0.1/api/v1/sensors/${name}/events`, {
    method: 'POST',
    body: JSON.stringify(body),
    headers: content,
  })
}
const received = async (answer: Response): Promise<ReceivedEvents> => ReceivedEvents.parse(await answer.json())
const problemOf = async (answer: Response): Promise<Problem> => Problem.parse(await answer.json())
const githubHeaders = (body: unknown, key = secret): Record<string, string> => ({
  'x-hub-signature-256': `sha256=${createHmac('sha256', key).update(JSON.stringify(body)).digest('hex')}`,
  'x-github-delivery': randomUUID(),
})

describe('POST /api/v1/sensors/{name}/events', () => {
  it('keeps an event once under its idempotency key, and each of a list under its place', async () => {
    const headers = { 'idempotency-key': randomUUID() }
    const first = await send('uploads', { file: 'a.csv' }, headers)
    expect(first.status).toBe(202)
    expect(await received(first)).toEqual({ events: [{ id: headers['idempotency-key'], created: true }], sensorStatus: 'STOPPED' })
    expect((await received(await send('uploads', { file: 'a.csv' }, headers))).events[0]?.created).toBe(false)

    const list = [{ file: 'b.csv' }, { file: 'c.csv' }]
    const once = await received(await send('uploads', list, { 'webhook-id': 'msg_7' }))
    const again = await received(await send('uploads', list, { 'webhook-id': 'msg_7' }))
    expect(once.events.map(({ created }) => created)).toEqual([true, true])
    expect(again.events).toEqual(once.events.map(({ id }) => ({ id, created: false })))
    expect((await client.sensors.get('uploads')).waitingEvents).toBe(3)
  })

  it('starts runs of them once it is started, and its tick says which', async () => {
    expect(await client.sensors.start('uploads')).toMatchObject({ status: 'RUNNING', byDefault: false })
    await expect.poll(async () => (await client.sensors.get('uploads')).waitingEvents, { timeout: 20_000 }).toBe(0)
    const [tick] = (await client.sensors.ticks('uploads', { status: ['SUCCESS'] })).items
    expect(tick).toMatchObject({ name: 'uploads', kind: 'SENSOR', requests: 3, duplicates: 0, events: 3, error: null })
    await expect
      .poll(async () => (await client.sensors.tick(tick?.tickId ?? '')).runRequests.map(({ status }) => status), { timeout: 20_000 })
      .toEqual(['LAUNCHED', 'LAUNCHED', 'LAUNCHED'])
    const { runRequests, logs } = await client.sensors.tick(tick?.tickId ?? '')
    expect(runRequests.map(({ runConfig }) => runConfig.assets?.['orders'])).toEqual(
      ['a', 'b', 'c'].map((name) => ({ file: `${name}.csv` })),
    )
    expect(logs.map(({ message }) => message)).toEqual(['3 files'])
    expect(await client.runs.get(runRequests[0]?.runId ?? '')).toMatchObject({ jobName: 'ingest' })
    expect(await client.sensors.stop('uploads')).toMatchObject({ status: 'STOPPED' })
    expect(await client.sensors.reset('uploads')).toMatchObject({ status: 'STOPPED', byDefault: true })
  })

  it('refuses a whole list for what does not fit, with every path', async () => {
    const before = (await client.sensors.get('uploads')).waitingEvents
    const answer = await send('uploads', [{ file: 'a.csv' }, { file: 1 }, { file: 'c.csv', size: { bytes: '9' } }])
    const problem = await problemOf(answer)
    expect([answer.status, problem.code]).toEqual([422, 'EVENT_INVALID'])
    expect(problem.findings?.map(({ path }) => path)).toEqual(['event[1].file', 'event[2].size.bytes'])
    expect((await client.sensors.get('uploads')).waitingEvents).toBe(before)
  })

  it('refuses what no sensor is there for, or takes', async () => {
    const unknown = await problemOf(await send('upload', {}))
    expect([unknown.status, unknown.code, unknown.detail]).toEqual([404, 'UNKNOWN_SENSOR', expect.stringContaining('"uploads"')])
    expect(await problemOf(await send('polling', {}))).toMatchObject({ status: 422, code: 'EVENT_INVALID' })
    const many = Array.from({ length: 1_001 }, () => ({ file: 'a.csv' }))
    expect(await problemOf(await send('uploads', many))).toMatchObject({ status: 422, code: 'EVENT_INVALID' })
    expect(await problemOf(await send('uploads', { file: 'x'.repeat(1024 * 1024) }))).toMatchObject({ status: 413 })
  })

  it('takes a signature in place of the token, and nothing in place of the signature', async () => {
    const event = { file: 'pushed.csv' }
    const headers = githubHeaders(event)
    const answer = await send('pushes', event, headers, guarded)
    expect([answer.status, (await received(answer)).events]).toEqual([202, [{ id: headers['x-github-delivery'], created: true }]])
    const wrong = await send('pushes', event, githubHeaders(event, 'another secret'), guarded)
    const text = await wrong.text()
    expect([wrong.status, text.includes('NOT_AUTHORISED'), text.includes(secret)]).toEqual([401, true, false])
    expect((await send('pushes', event, {}, app)).status).toBe(401)
    expect((await send('uploads', event, githubHeaders(event), guarded)).status).toBe(401)
    expect((await send('uploads', event, { authorization: 'Bearer sesame' }, guarded)).status).toBe(202)
  })

  it('says that the server lacks the secret', async () => {
    const problem = await problemOf(await send('unset', { file: 'a.csv' }, githubHeaders({ file: 'a.csv' })))
    expect(problem).toMatchObject({ status: 500, code: 'ENV_MISSING', detail: expect.stringContaining('ASSETRY_TEST_UNSET') })
  })
})

describe('sensors over HTTP', () => {
  it('are listed by name, page by page', async () => {
    const page = await client.sensors.list({ limit: 2 })
    expect(page.items.map(({ name, takesEvents }) => [name, takesEvents])).toEqual([
      ['polling', false],
      ['pushes', true],
    ])
    const rest = await client.sensors.list({ limit: 2, cursor: page.nextCursor ?? '' })
    expect([rest.items.map(({ name }) => name), rest.nextCursor]).toEqual([['unset', 'uploads'], null])
  })

  it('have a cursor that is set and forgotten, and a preview that keeps nothing', async () => {
    expect((await client.sensors.setCursor('polling', '41')).cursor).toBe('41')
    expect(await client.sensors.preview('polling')).toMatchObject({ skipReason: 'at 41', requests: [], error: null })
    expect((await client.sensors.preview('polling', { cursor: '7' })).skipReason).toBe('at 7')
    const bad = await client.sensors.preview('polling', { cursor: 'bad' })
    expect(bad.requests[0]?.findings.map(({ path }) => path)).toEqual(expect.arrayContaining([expect.stringContaining('orders.file')]))
    const previewed = await client.sensors.preview('uploads', { events: [{ file: 'x.csv' }] })
    expect(previewed.requests.map(({ request }) => request['runConfig'])).toEqual([{ assets: { orders: { file: 'x.csv' } } }])
    expect((await client.sensors.setCursor('polling', null)).cursor).toBe(null)
    expect((await client.sensors.ticks('polling')).items).toEqual([])
  })

  it('answer 404 for a sensor or a tick that is not there', async () => {
    await expect(client.sensors.get('pollin')).rejects.toMatchObject({ status: 404, code: 'UNKNOWN_SENSOR' })
    await expect(client.sensors.tick('none')).rejects.toMatchObject({ status: 404, code: 'UNKNOWN_TICK' })
  })
})
