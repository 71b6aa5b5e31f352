import { createRoute, OpenAPIHono } from '@hono/zod-openapi'
import pMap from 'p-map'
import { z } from 'zod'
import type { LocatedSchedule } from '../../temporal/schedule-control.ts'
import { jsonAnswer, problemAnswers } from '../answers.ts'
import type { ApiParts } from '../api-parts.ts'
import { PageQuery } from '../contract/page.ts'
import { Schedule, SchedulePage, SchedulePreviewQuery } from '../contract/schedule.ts'
import { LocationQuery } from '../contract/sensor.ts'
import { TickPage, TickPreview, TickQuery } from '../contract/tick.ts'
import { examplePage } from '../examples.ts'
import { examplePreview, exampleSchedule, exampleTick } from '../tick-examples.ts'
import { pageOfList, storedPage } from '../list-page.ts'
import { wireSchedule } from '../wire-schedules.ts'
import { wirePreview, wireTick } from '../wire-ticks.ts'

const params = z.object({ name: z.string().meta({ description: "The schedule's name.", examples: [exampleSchedule.name] }) })
const tags = ['Schedules']
const exampleScheduleTick = { ...exampleTick, kind: 'SCHEDULE' as const, name: exampleSchedule.name }
const exampleSchedulePreview = { ...examplePreview, scheduledAt: '2026-01-31T06:00:00.000Z', cursor: null }

const list = createRoute({
  method: 'get',
  path: '/schedules',
  tags,
  summary: 'List schedules',
  description: 'By name, each with its next ticks and its newest one.',
  request: { query: PageQuery },
  responses: { 200: jsonAnswer(SchedulePage, 'A page of schedules.', examplePage(exampleSchedule)), ...problemAnswers(422, 503) },
})

const show = createRoute({
  method: 'get',
  path: '/schedules/{name}',
  tags,
  summary: 'Show a schedule',
  description: 'Whether it is at work, and when it ticks next.',
  request: { params, query: LocationQuery },
  responses: { 200: jsonAnswer(Schedule, 'The schedule.', exampleSchedule), ...problemAnswers(404, 422, 503) },
})

const start = actionRoute('start', 'Start a schedule', 'It ticks until it is stopped, whatever is deployed.')
const stop = actionRoute('stop', 'Stop a schedule', 'It ticks no more. Runs that it has started go on.')
const reset = actionRoute('reset', 'Give a schedule back to its definition', 'Its default status holds again.')

function actionRoute<const TAction extends string>(action: TAction, summary: string, description: string) {
  return createRoute({
    method: 'post',
    path: `/schedules/{name}/${action}`,
    tags,
    summary,
    description,
    request: { params, query: LocationQuery },
    responses: { 200: jsonAnswer(Schedule, 'The schedule as it is now.', exampleSchedule), ...problemAnswers(404, 422, 503) },
  })
}

const preview = createRoute({
  method: 'post',
  path: '/schedules/{name}/preview',
  tags,
  summary: 'Preview a tick of a schedule',
  description: 'A worker says what a tick would ask for. Nothing of it is kept, and no run is started.',
  request: { params, query: SchedulePreviewQuery },
  responses: { 200: jsonAnswer(TickPreview, 'What a tick would come to.', exampleSchedulePreview), ...problemAnswers(404, 422, 503) },
})

const ticks = createRoute({
  method: 'get',
  path: '/schedules/{name}/ticks',
  tags,
  summary: 'List the ticks of a schedule',
  description: 'Newest first. Skipped ones are kept for 7 days, the others for 90.',
  request: { params, query: TickQuery },
  responses: { 200: jsonAnswer(TickPage, 'A page of ticks.', examplePage(exampleScheduleTick)), ...problemAnswers(404, 422, 503) },
})

/** Looking at schedules, and steering them. */
export function scheduleRoutes({ store, schedules }: ApiParts): OpenAPIHono {
  const app = new OpenAPIHono()
  const answersOf = async (all: readonly LocatedSchedule[]): Promise<Schedule[]> => {
    const newest = await store.ticks.newest()
    return pMap(
      all,
      async (located) => {
        const { codeLocation, schedule } = located
        const lastTick = newest.find(
          (each) => each.kind === 'SCHEDULE' && each.codeLocation === codeLocation && each.name === schedule.name,
        )
        return wireSchedule(located, await schedules.describe(located, shownTicks), lastTick)
      },
      { concurrency: describedAtATime },
    )
  }
  app.openapi(list, async (c) => {
    const page = pageOfList(
      await schedules.list(),
      ({ schedule, codeLocation }) => `${schedule.name} ${codeLocation}`,
      c.req.valid('query'),
    )
    return c.json({ ...page, items: await answersOf(page.items) }, 200)
  })
  app.openapi(show, async (c) => {
    const located = await schedules.find(c.req.valid('param').name, c.req.valid('query').codeLocation)
    return c.json((await answersOf([located]))[0] as Schedule, 200)
  })
  for (const [route, act] of [
    [start, (schedule: LocatedSchedule) => schedules.start(schedule)],
    [stop, (schedule: LocatedSchedule) => schedules.stop(schedule)],
    [reset, (schedule: LocatedSchedule) => schedules.reset(schedule)],
  ] as const) {
    app.openapi(route, async (c) => {
      const located = await schedules.find(c.req.valid('param').name, c.req.valid('query').codeLocation)
      await act(located)
      return c.json((await answersOf([located]))[0] as Schedule, 200)
    })
  }
  app.openapi(preview, async (c) => {
    const { codeLocation, at } = c.req.valid('query')
    const located = await schedules.find(c.req.valid('param').name, codeLocation)
    return c.json(wirePreview(await schedules.preview(located, at === undefined ? undefined : new Date(at))), 200)
  })
  app.openapi(ticks, async (c) => {
    const { codeLocation, status, ...query } = c.req.valid('query')
    const found = await schedules.find(c.req.valid('param').name, codeLocation)
    const filter = {
      codeLocation: found.codeLocation,
      kind: 'SCHEDULE' as const,
      name: found.schedule.name,
      ...(status && { statuses: status }),
    }
    const page = await storedPage(query, (request) => store.ticks.list(filter, request))
    return c.json({ ...page, items: page.items.map(wireTick) }, 200)
  })
  return app
}

/** Schedules that Temporal is asked about in the same moment. */
const describedAtATime = 20

/** Next ticks that are told of each schedule. */
const shownTicks = 5
