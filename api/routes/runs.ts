import { createRoute, OpenAPIHono } from '@hono/zod-openapi'
import { z } from 'zod'
import type { RunFilter } from '../../metadata/stores/run-store.ts'
import type { LaunchRequest } from '../../temporal/run-launcher.ts'
import { jsonAnswer, problemAnswers } from '../answers.ts'
import type { ApiParts } from '../api-parts.ts'
import { CancelAnswer, Run, RunDetail, RunPage, RunQuery, StartRun } from '../contract/run.ts'
import { examplePage, exampleRun, exampleRunDetail, exampleStartRun } from '../examples.ts'
import { idempotencyHeader } from '../idempotency-header.ts'
import { storedPage } from '../list-page.ts'
import { runDetail } from '../run-detail.ts'
import { runOf } from '../run-lookup.ts'
import { wireRun } from '../wire-runs.ts'

const params = z.object({ id: z.string().meta({ description: "The run's id.", examples: [exampleRun.runId] }) })

const list = createRoute({
  method: 'get',
  path: '/runs',
  tags: ['Runs'],
  summary: 'List runs',
  description: 'Newest first.',
  request: { query: RunQuery },
  responses: { 200: jsonAnswer(RunPage, 'A page of runs.', examplePage(exampleRun)), ...problemAnswers(422, 503) },
})

const start = createRoute({
  method: 'post',
  path: '/runs',
  tags: ['Runs'],
  summary: 'Start a run',
  description:
    'Answers as soon as the run is durable; `Location` is its address. With an `Idempotency-Key`, the same request again gives the same run (200).',
  request: {
    headers: idempotencyHeader('Any text that names this start; the same again starts nothing.', 'nightly-2026-01-31'),
    body: { required: true, content: { 'application/json': { schema: StartRun, example: exampleStartRun } } },
  },
  responses: {
    201: jsonAnswer(Run, 'The run was created.', { ...exampleRun, status: 'QUEUED', startedAt: null, endedAt: null }),
    200: jsonAnswer(Run, 'The run that this key had created before.', exampleRun),
    ...problemAnswers(409, 415, 422, 503),
  },
})

const show = createRoute({
  method: 'get',
  path: '/runs/{id}',
  tags: ['Runs'],
  summary: 'Show a run',
  description: 'With its steps in the order of the plan, what it made, and what it waits for.',
  request: { params },
  responses: { 200: jsonAnswer(RunDetail, 'The run.', exampleRunDetail), ...problemAnswers(404, 503) },
})

const cancel = createRoute({
  method: 'post',
  path: '/runs/{id}/cancel',
  tags: ['Runs'],
  summary: 'Cancel a run',
  description: 'Asks it to stop. Steps at work get their signal aborted; the run is CANCELED when they have stopped.',
  request: { params },
  responses: {
    202: jsonAnswer(CancelAnswer, 'The request is recorded.', { runId: exampleRun.runId, status: 'CANCELING' }),
    ...problemAnswers(404, 409, 503),
  },
})

export function runRoutes(parts: ApiParts): OpenAPIHono {
  const { store, launcher } = parts
  const app = new OpenAPIHono()
  app.openapi(list, async (c) => {
    const query = c.req.valid('query')
    const page = await storedPage(query, (request) => store.runs.list(filterOf(query), request))
    return c.json({ ...page, items: page.items.map(wireRun) }, 200)
  })
  app.openapi(start, async (c) => {
    const { run, created } = await launcher.launch(launchRequest(c.req.valid('json'), c.req.valid('header')['idempotency-key']))
    c.header('location', `/api/v1/runs/${encodeURIComponent(run.runId)}`)
    return created ? c.json(wireRun(run), 201) : c.json(wireRun(run), 200)
  })
  app.openapi(show, async (c) => c.json(await runDetail(parts, await runOf(store, c.req.valid('param').id)), 200))
  app.openapi(cancel, async (c) => {
    const { id } = c.req.valid('param')
    return c.json({ runId: id, status: await launcher.cancel(id) }, 202)
  })
  return app
}

function filterOf({ status, job, asset, backfill, tag }: RunQuery): RunFilter {
  return {
    ...(status && { statuses: status }),
    ...(job !== undefined && { jobName: job }),
    ...(asset !== undefined && { assetKey: asset }),
    ...(backfill !== undefined && { backfillId: backfill }),
    ...(tag && { tags: Object.fromEntries(tag.map(keyAndValue)) }),
  }
}

function keyAndValue(tag: string): readonly [string, string] {
  const colon = tag.indexOf(':')
  return [tag.slice(0, colon), tag.slice(colon + 1)]
}

function launchRequest(request: StartRun, idempotencyKey: string | undefined): LaunchRequest {
  const given = Object.entries({ ...request, idempotencyKey }).filter(([, value]) => value !== undefined)
  return Object.fromEntries(given)
}
