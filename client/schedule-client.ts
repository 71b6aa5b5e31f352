import { Schedule, SchedulePage } from '../api/contract/schedule.ts'
import { type Tick, TickPage, TickPreview } from '../api/contract/tick.ts'
import { everyItem, type PageOptions } from './pages.ts'
import type { LocationOptions, TickFilter } from './sensor-client.ts'
import type { Transport } from './transport.ts'

/** Schedules: what starts runs at times that are known before. Every method rejects with an `ApiError`. */
export interface ScheduleClient {
  /** By name. */
  list(page?: PageOptions): Promise<SchedulePage>
  iterate(): AsyncIterable<Schedule>
  get(name: string, options?: LocationOptions): Promise<Schedule>
  start(name: string, options?: LocationOptions): Promise<Schedule>
  stop(name: string, options?: LocationOptions): Promise<Schedule>
  /** Gives it back to its definition: its default status holds again. */
  reset(name: string, options?: LocationOptions): Promise<Schedule>
  /** What a tick would come to. `at`: RFC 3339. @default its next tick */
  preview(name: string, options?: LocationOptions & { readonly at?: string }): Promise<TickPreview>
  /** Newest first. */
  ticks(name: string, options?: TickFilter & PageOptions): Promise<TickPage>
  iterateTicks(name: string, filter?: TickFilter): AsyncIterable<Tick>
}

/** The part of a client that is about schedules. */
export function scheduleClient(transport: Transport): ScheduleClient {
  const path = '/api/v1/schedules'
  const pathOf = (name: string) => `${path}/${encodeURIComponent(name)}`
  const list: ScheduleClient['list'] = (page) => transport.call(SchedulePage, { path, query: { ...page } })
  const ticks: ScheduleClient['ticks'] = (name, options) =>
    transport.call(TickPage, { path: `${pathOf(name)}/ticks`, query: { ...options } })
  const ask = (name: string, action: string, options: LocationOptions | undefined) =>
    transport.call(Schedule, { method: 'POST', path: `${pathOf(name)}/${action}`, query: { ...options } })
  return {
    list,
    iterate: () => everyItem((page) => list(page)),
    get: (name, options) => transport.call(Schedule, { path: pathOf(name), query: { ...options } }),
    start: (name, options) => ask(name, 'start', options),
    stop: (name, options) => ask(name, 'stop', options),
    reset: (name, options) => ask(name, 'reset', options),
    preview: (name, options) => transport.call(TickPreview, { method: 'POST', path: `${pathOf(name)}/preview`, query: { ...options } }),
    ticks,
    iterateTicks: (name, filter) => everyItem((page) => ticks(name, { ...filter, ...page })),
  }
}
