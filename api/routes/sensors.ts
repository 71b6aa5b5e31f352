import { createRoute, OpenAPIHono } from '@hono/zod-openapi'
import { bodyLimit } from 'hono/body-limit'
import { HTTPException } from 'hono/http-exception'
import { z } from 'zod'
import type { WebhookSignatureSpec } from '../../definitions/webhook-signature.ts'
import type { LocatedSensor } from '../../temporal/sensor-control.ts'
import { AssetryError, isAssetryError } from '../../definitions/errors.ts'
import { jsonAnswer, problemAnswers } from '../answers.ts'
import type { ApiParts } from '../api-parts.ts'
import { LocationQuery, PreviewSensor, ReceivedEvents, Sensor, SensorPage, SensorQuery, SetCursor } from '../contract/sensor.ts'
import { TickPage, TickPreview, TickQuery } from '../contract/tick.ts'
import { checkEvents } from '../event-check.ts'
import { eventKeys } from '../event-keys.ts'
import { checkSignature, type SignedRequest } from '../event-signature.ts'
import { examplePage } from '../examples.ts'
import { examplePreview, exampleReceivedEvents, exampleSensor, exampleTick } from '../tick-examples.ts'
import { pageOfList, storedPage } from '../list-page.ts'
import { wireSensor } from '../wire-sensors.ts'
import { wirePreview, wireTick } from '../wire-ticks.ts'

const params = z.object({ name: z.string().meta({ description: "The sensor's name.", examples: [exampleSensor.name] }) })
const tags = ['Sensors']
/** Most events of one request. */
const mostEvents = 1_000
/** Largest body of a request with events. Unit: bytes. */
const mostEventBytes = 1024 * 1024

const list = createRoute({
  method: 'get',
  path: '/sensors',
  tags,
  summary: 'List sensors',
  description: 'By name, each with its newest tick.',
  request: { query: SensorQuery },
  responses: { 200: jsonAnswer(SensorPage, 'A page of sensors.', examplePage(exampleSensor)), ...problemAnswers(422, 503) },
})

const show = createRoute({
  method: 'get',
  path: '/sensors/{name}',
  tags,
  summary: 'Show a sensor',
  description: 'Whether it is at work, its cursor, and what waits for it.',
  request: { params, query: LocationQuery },
  responses: { 200: jsonAnswer(Sensor, 'The sensor.', exampleSensor), ...problemAnswers(404, 422, 503) },
})

const start = actionRoute('start', 'Start a sensor', 'It is at work until it is stopped, whatever is deployed. What waits for it is taken.')
const stop = actionRoute('stop', 'Stop a sensor', 'It is evaluated no more; events that come are kept.')
const reset = actionRoute('reset', 'Give a sensor back to its definition', 'Its default status holds again.')

function actionRoute<const TAction extends string>(action: TAction, summary: string, description: string) {
  return createRoute({
    method: 'post',
    path: `/sensors/{name}/${action}`,
    tags,
    summary,
    description,
    request: { params, query: LocationQuery },
    responses: { 200: jsonAnswer(Sensor, 'The sensor as it is now.', exampleSensor), ...problemAnswers(404, 422, 503) },
  })
}

const setCursor = createRoute({
  method: 'put',
  path: '/sensors/{name}/cursor',
  tags,
  summary: 'Set the cursor of a sensor',
  description: 'A tick that is at work does not overwrite it. Null forgets it.',
  request: {
    params,
    query: LocationQuery,
    body: { required: true, content: { 'application/json': { schema: SetCursor, example: { cursor: '42' } } } },
  },
  responses: { 200: jsonAnswer(Sensor, 'The sensor as it is now.', exampleSensor), ...problemAnswers(404, 415, 422, 503) },
})

const preview = createRoute({
  method: 'post',
  path: '/sensors/{name}/preview',
  tags,
  summary: 'Preview a tick of a sensor',
  description: 'A worker calls its function with this cursor and these events. Nothing of it is kept, and no run is started.',
  request: {
    params,
    query: LocationQuery,
    body: { required: true, content: { 'application/json': { schema: PreviewSensor, example: { cursor: null } } } },
  },
  responses: {
    200: jsonAnswer(TickPreview, 'What a tick would come to.', examplePreview),
    ...problemAnswers(404, 415, 422, 503),
  },
})

const ticks = createRoute({
  method: 'get',
  path: '/sensors/{name}/ticks',
  tags,
  summary: 'List the ticks of a sensor',
  description: 'Newest first. Skipped ones are kept for 7 days, the others for 90.',
  request: { params, query: TickQuery },
  responses: { 200: jsonAnswer(TickPage, 'A page of ticks.', examplePage(exampleTick)), ...problemAnswers(404, 422, 503) },
})

const events = createRoute({
  method: 'post',
  path: '/sensors/{name}/events',
  tags,
  summary: 'Tell a sensor of events',
  description:
    'One event, or a list of up to 1,000. Each is checked by the schema of the sensor. Answers as soon as they are durable; the sensor is evaluated at once. ' +
    'An `Idempotency-Key` (also `webhook-id`, GitHub’s `X-GitHub-Delivery`, the `id` of a Stripe event) lets the same request come again and count once. ' +
    'Where the sensor asks for a signature, it takes the place of the token.',
  request: {
    params,
    query: LocationQuery,
    body: { required: true, content: { 'application/json': { schema: z.unknown(), example: { id: 'order-1', amount: 12.5 } } } },
  },
  responses: {
    202: jsonAnswer(ReceivedEvents, 'The events are durable.', exampleReceivedEvents),
    ...problemAnswers(404, 415, 422, 503),
  },
})

/** Looking at sensors, steering them, and telling them of events. */
export function sensorRoutes(parts: ApiParts): OpenAPIHono {
  const { store, sensors } = parts
  const app = new OpenAPIHono()
  const answerOf = async (sensor: LocatedSensor): Promise<Sensor> => (await wireSensors(parts, [sensor]))[0] as Sensor
  app.openapi(list, async (c) => {
    const page = pageOfList(await sensors.list(), ({ sensor, codeLocation }) => `${sensor.name} ${codeLocation}`, c.req.valid('query'))
    return c.json({ ...page, items: await wireSensors(parts, page.items) }, 200)
  })
  app.openapi(show, async (c) =>
    c.json(await answerOf(await sensors.find(c.req.valid('param').name, c.req.valid('query').codeLocation)), 200),
  )
  for (const [route, act] of [
    [start, (sensor: LocatedSensor) => sensors.start(sensor)],
    [stop, (sensor: LocatedSensor) => sensors.stop(sensor)],
    [reset, (sensor: LocatedSensor) => sensors.reset(sensor)],
  ] as const) {
    app.openapi(route, async (c) => {
      const sensor = await sensors.find(c.req.valid('param').name, c.req.valid('query').codeLocation)
      await act(sensor)
      return c.json(await answerOf(sensor), 200)
    })
  }
  app.openapi(setCursor, async (c) => {
    const sensor = await sensors.find(c.req.valid('param').name, c.req.valid('query').codeLocation)
    await sensors.setCursor(sensor, c.req.valid('json').cursor)
    return c.json(await answerOf(sensor), 200)
  })
  app.openapi(preview, async (c) => {
    const sensor = await sensors.find(c.req.valid('param').name, c.req.valid('query').codeLocation)
    const { cursor, events: given } = c.req.valid('json')
    const asked = { ...(cursor !== undefined && { cursor }), ...(given !== undefined && { events: given }) }
    return c.json(wirePreview(await sensors.preview(sensor, asked)), 200)
  })
  app.openapi(ticks, async (c) => {
    const { codeLocation, status, ...query } = c.req.valid('query')
    const found = await sensors.find(c.req.valid('param').name, codeLocation)
    const filter = {
      codeLocation: found.codeLocation,
      kind: 'SENSOR' as const,
      name: found.sensor.name,
      ...(status && { statuses: status }),
    }
    const page = await storedPage(query, (request) => store.ticks.list(filter, request))
    return c.json({ ...page, items: page.items.map(wireTick) }, 200)
  })
  app.use('/sensors/:name/events', bodyLimit({ maxSize: mostEventBytes, onError: tooLarge }))
  app.openapi(events, async (c) => {
    const located = await sensors.find(c.req.valid('param').name, c.req.valid('query').codeLocation)
    const { sensor } = located
    const header = (name: string): string | undefined => c.req.header(name)
    const signature = sensor.events?.signature
    if (signature) requireSignature(signature, { body: await c.req.text(), header })
    const given: unknown = c.req.valid('json')
    const all: readonly unknown[] = Array.isArray(given) ? given : [given]
    if (all.length > mostEvents) throw tooMany(all.length)
    await checkEvents(sensor, all, Array.isArray(given))
    const keys = eventKeys(sensor, all, header)
    const received = await sensors.receive(
      located,
      all.map((event, index) => ({ key: keys[index] as string, event })),
    )
    const { codeLocation } = located
    const state = await store.instigators.get({ codeLocation, kind: 'SENSOR', name: sensor.name })
    const status = state?.status ?? sensor.defaultStatus
    return c.json({ events: received.map(({ key, created }) => ({ id: key, created })), sensorStatus: status }, 202)
  })
  return app
}

async function wireSensors({ store }: ApiParts, sensors: readonly LocatedSensor[]): Promise<Sensor[]> {
  const [states, newest, waiting] = await Promise.all([store.instigators.list(), store.ticks.newest(), store.sensorEvents.counts()])
  return sensors.map((located) => {
    const isThis = (each: Named): boolean => each.codeLocation === located.codeLocation && each.name === located.sensor.name
    const isSensor = (each: Named & { readonly kind: string }): boolean => each.kind === 'SENSOR' && isThis(each)
    return wireSensor(located, {
      state: states.find(isSensor),
      lastTick: newest.find(isSensor),
      waitingEvents: waiting.find(isThis)?.count ?? 0,
    })
  })
}

interface Named {
  readonly codeLocation: string
  readonly name: string
}

/** A secret that the server lacks is no fault of the sender's. @throws `NOT_AUTHORISED`, `ENV_MISSING` */
function requireSignature(signature: WebhookSignatureSpec, request: SignedRequest): void {
  try {
    checkSignature(signature, request, process.env, Date.now())
  } catch (error) {
    if (isAssetryError(error) && error.code === 'ENV_MISSING') throw new HTTPException(500, { cause: error })
    throw error
  }
}

function tooLarge(): never {
  throw new HTTPException(413, { message: `The body is larger than ${mostEventBytes} bytes` })
}

function tooMany(count: number): AssetryError {
  return new AssetryError('EVENT_INVALID', `The request has ${count} events, more than ${mostEvents}. Send them in several requests.`, {
    facts: { count },
  })
}
