import { createRoute, OpenAPIHono } from '@hono/zod-openapi'
import { z } from 'zod'
import { unknownBackfill } from '../../metadata/unknown-backfill.ts'
import type { BackfillRequest } from '../../temporal/backfill-launcher.ts'
import { jsonAnswer, problemAnswers } from '../answers.ts'
import type { ApiParts } from '../api-parts.ts'
import { backfillDetail } from '../backfill-detail.ts'
import {
  Backfill,
  BackfillAnswer,
  BackfillDetail,
  BackfillFailureList,
  BackfillFailureQuery,
  BackfillPage,
  BackfillQuery,
  ChangeBackfill,
  StartBackfill,
} from '../contract/backfill.ts'
import { exampleBackfill, exampleBackfillDetail, exampleBackfillFailure, examplePage, exampleStartBackfill } from '../examples.ts'
import { idempotencyHeader } from '../idempotency-header.ts'
import { storedPage } from '../list-page.ts'
import { wireBackfill, wireFailure } from '../wire-backfills.ts'

const params = z.object({ id: z.string().meta({ description: "The backfill's id.", examples: [exampleBackfill.backfillId] }) })

const list = createRoute({
  method: 'get',
  path: '/backfills',
  tags: ['Backfills'],
  summary: 'List backfills',
  description: 'Newest first.',
  request: { query: BackfillQuery },
  responses: { 200: jsonAnswer(BackfillPage, 'A page of backfills.', examplePage(exampleBackfill)), ...problemAnswers(422, 503) },
})

const start = createRoute({
  method: 'post',
  path: '/backfills',
  tags: ['Backfills'],
  summary: 'Start a backfill',
  description:
    'Answers as soon as the backfill is durable; `Location` is its address. With an `Idempotency-Key`, the same request again gives the same backfill (200).',
  request: {
    headers: idempotencyHeader('Any text that names this start; the same again starts nothing.', 'january-once-more'),
    body: { required: true, content: { 'application/json': { schema: StartBackfill, example: exampleStartBackfill } } },
  },
  responses: {
    201: jsonAnswer(Backfill, 'The backfill was created.', { ...exampleBackfill, status: 'QUEUED', startedAt: null }),
    200: jsonAnswer(Backfill, 'The backfill that this key had created before.', exampleBackfill),
    ...problemAnswers(409, 415, 422, 503),
  },
})

const show = createRoute({
  method: 'get',
  path: '/backfills/{id}',
  tags: ['Backfills'],
  summary: 'Show a backfill',
  description: 'How far it is with each asset, which partitions it makes, and what it waits for.',
  request: { params },
  responses: { 200: jsonAnswer(BackfillDetail, 'The backfill.', exampleBackfillDetail), ...problemAnswers(404, 503) },
})

const change = createRoute({
  method: 'patch',
  path: '/backfills/{id}',
  tags: ['Backfills'],
  summary: 'Change a backfill',
  description: 'How many steps it has at work at a time. More are started at once; of fewer, those at work get done first.',
  request: { params, body: { required: true, content: { 'application/json': { schema: ChangeBackfill, example: { concurrency: 20 } } } } },
  responses: {
    200: jsonAnswer(Backfill, 'The backfill as it is now.', { ...exampleBackfill, concurrency: 20 }),
    ...problemAnswers(404, 415, 422, 503),
  },
})

const failures = createRoute({
  method: 'get',
  path: '/backfills/{id}/failures',
  tags: ['Backfills'],
  summary: 'List what a backfill did not make',
  description: 'What failed in the order in which it did, then what was left out because of it. Empty again once it is retried.',
  request: { params, query: BackfillFailureQuery },
  responses: {
    200: jsonAnswer(BackfillFailureList, 'Partitions that were not made.', { items: [exampleBackfillFailure] }),
    ...problemAnswers(404, 422, 503),
  },
})

const pause = actionRoute('pause', 'Pause a backfill', 'Starts no further step; what is at work gets done.', 'PAUSED')
const resume = actionRoute('resume', 'Resume a backfill', 'Lets a paused one go on.', 'STARTED')
const cancel = actionRoute('cancel', 'Cancel a backfill', 'Cancels its runs, too; it is CANCELED when they have stopped.', 'CANCELING')
const retry = actionRoute(
  'retry',
  'Retry a backfill',
  'Makes what failed, and what was left out because of it, once more, whether the backfill has ended or not. 409 `NOTHING_TO_DO` where there is nothing of the kind.',
  'QUEUED',
)

function actionRoute<const TAction extends string>(
  action: TAction,
  summary: string,
  description: string,
  status: BackfillAnswer['status'],
) {
  return createRoute({
    method: 'post',
    path: `/backfills/{id}/${action}`,
    tags: ['Backfills'],
    summary,
    description,
    request: { params },
    responses: {
      202: jsonAnswer(BackfillAnswer, 'The request is recorded.', { backfillId: exampleBackfill.backfillId, status }),
      ...problemAnswers(404, 409, 503),
    },
  })
}

/** Starting backfills, looking at them, and steering them. */
export function backfillRoutes(parts: ApiParts): OpenAPIHono {
  const { store, backfills } = parts
  const app = new OpenAPIHono()
  const backfillOf = async (backfillId: string) => {
    const backfill = await store.backfills.get(backfillId)
    if (backfill === undefined) throw unknownBackfill(backfillId)
    return backfill
  }
  app.openapi(list, async (c) => {
    const query = c.req.valid('query')
    const filter = { ...(query.status && { statuses: query.status }) }
    const page = await storedPage(query, (request) => store.backfills.list(filter, request))
    return c.json({ ...page, items: page.items.map(wireBackfill) }, 200)
  })
  app.openapi(start, async (c) => {
    const { backfill, created } = await backfills.launch(backfillRequest(c.req.valid('json'), c.req.valid('header')['idempotency-key']))
    c.header('location', `/api/v1/backfills/${encodeURIComponent(backfill.backfillId)}`)
    return created ? c.json(wireBackfill(backfill), 201) : c.json(wireBackfill(backfill), 200)
  })
  app.openapi(show, async (c) => c.json(await backfillDetail(parts, c.req.valid('param').id), 200))
  app.openapi(change, async (c) => {
    const { id } = c.req.valid('param')
    await backfills.setConcurrency(id, c.req.valid('json').concurrency)
    return c.json(wireBackfill(await backfillOf(id)), 200)
  })
  app.openapi(failures, async (c) => {
    const { backfillId } = await backfillOf(c.req.valid('param').id)
    const found = await store.backfills.failures(backfillId, c.req.valid('query').limit)
    return c.json({ items: found.map(wireFailure) }, 200)
  })
  for (const [route, act] of [
    [pause, (id: string) => backfills.pause(id)],
    [resume, (id: string) => backfills.resume(id)],
    [cancel, (id: string) => backfills.cancel(id)],
    [retry, (id: string) => backfills.retry(id)],
  ] as const) {
    app.openapi(route, async (c) => {
      const { id } = c.req.valid('param')
      return c.json({ backfillId: id, status: await act(id) }, 202)
    })
  }
  return app
}

function backfillRequest(request: StartBackfill, idempotencyKey: string | undefined): BackfillRequest {
  return Object.fromEntries(Object.entries({ ...request, idempotencyKey }).filter(([, value]) => value !== undefined))
}
