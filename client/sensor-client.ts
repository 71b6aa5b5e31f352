import { ReceivedEvents, type PreviewSensor, Sensor, SensorPage } from '../api/contract/sensor.ts'
import { type Tick, TickDetail, TickPage, TickPreview, type TickStatus } from '../api/contract/tick.ts'
import { everyItem, type PageOptions } from './pages.ts'
import type { Transport } from './transport.ts'

/** Which of several code locations is meant, where more than one has a schedule or a sensor of that name. */
export interface LocationOptions {
  readonly codeLocation?: string
}

/** Which ticks. */
export interface TickFilter extends LocationOptions {
  /** Any of these. */
  readonly status?: readonly TickStatus[]
}

/** Sensors: what looks, or is told, and starts runs. Every method rejects with an `ApiError`. */
export interface SensorClient {
  /** By name. */
  list(page?: PageOptions): Promise<SensorPage>
  iterate(): AsyncIterable<Sensor>
  get(name: string, options?: LocationOptions): Promise<Sensor>
  start(name: string, options?: LocationOptions): Promise<Sensor>
  /** It is evaluated no more; events that come are kept. */
  stop(name: string, options?: LocationOptions): Promise<Sensor>
  /** Gives it back to its definition: its default status holds again. */
  reset(name: string, options?: LocationOptions): Promise<Sensor>
  /** Puts another cursor in place, null for none. */
  setCursor(name: string, cursor: string | null, options?: LocationOptions): Promise<Sensor>
  /** What a tick would come to. Nothing of it is kept. */
  preview(name: string, preview?: PreviewSensor, options?: LocationOptions): Promise<TickPreview>
  /** Newest first. */
  ticks(name: string, options?: TickFilter & PageOptions): Promise<TickPage>
  iterateTicks(name: string, filter?: TickFilter): AsyncIterable<Tick>
  /** Tells it of one event, or of a list of up to 1,000; they are durable when this resolves. */
  tell(name: string, events: unknown, options?: LocationOptions & { readonly idempotencyKey?: string }): Promise<ReceivedEvents>
  /** One tick of a schedule or a sensor, with what it asked for and logged. */
  tick(tickId: string): Promise<TickDetail>
}

/** The part of a client that is about sensors. */
export function sensorClient(transport: Transport): SensorClient {
  const path = '/api/v1/sensors'
  const pathOf = (name: string) => `${path}/${encodeURIComponent(name)}`
  const list: SensorClient['list'] = (page) => transport.call(SensorPage, { path, query: { ...page } })
  const ticks: SensorClient['ticks'] = (name, options) => transport.call(TickPage, { path: `${pathOf(name)}/ticks`, query: { ...options } })
  const ask = (name: string, action: string, options: LocationOptions | undefined) =>
    transport.call(Sensor, { method: 'POST', path: `${pathOf(name)}/${action}`, query: { ...options } })
  return {
    list,
    iterate: () => everyItem((page) => list(page)),
    get: (name, options) => transport.call(Sensor, { path: pathOf(name), query: { ...options } }),
    start: (name, options) => ask(name, 'start', options),
    stop: (name, options) => ask(name, 'stop', options),
    reset: (name, options) => ask(name, 'reset', options),
    setCursor: (name, cursor, options) =>
      transport.call(Sensor, { method: 'PUT', path: `${pathOf(name)}/cursor`, query: { ...options }, body: { cursor } }),
    preview: (name, preview = {}, options) =>
      transport.call(TickPreview, { method: 'POST', path: `${pathOf(name)}/preview`, query: { ...options }, body: preview }),
    ticks,
    iterateTicks: (name, filter) => everyItem((page) => ticks(name, { ...filter, ...page })),
    tell: (name, events, { idempotencyKey, ...options } = {}) =>
      transport.call(ReceivedEvents, {
        method: 'POST',
        path: `${pathOf(name)}/events`,
        query: options,
        body: events,
        ...(idempotencyKey !== undefined && { headers: { 'idempotency-key': idempotencyKey } }),
      }),
    tick: (tickId) => transport.call(TickDetail, { path: `/api/v1/ticks/${encodeURIComponent(tickId)}` }),
  }
}
