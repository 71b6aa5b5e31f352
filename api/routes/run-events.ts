import { createRoute, OpenAPIHono } from '@hono/zod-openapi'
import { z } from 'zod'
import type { MetadataStore } from '../../metadata/metadata-store.ts'
import { endedRunStatuses } from '../../metadata/stores/run-store.ts'
import { jsonAnswer, problemAnswers } from '../answers.ts'
import type { ApiParts } from '../api-parts.ts'
import { RunEventList, RunEventQuery } from '../contract/run-event.ts'
import { exampleEvent, exampleEventStream, exampleRun } from '../examples.ts'
import { eventStream } from '../run-event-stream.ts'
import { runOf } from '../run-lookup.ts'
import { wireEvent } from '../wire-runs.ts'

const events = createRoute({
  method: 'get',
  path: '/runs/{id}/events',
  tags: ['Runs'],
  summary: "Read or follow a run's log",
  description:
    'As JSON what there is; with `Accept: text/event-stream` what there is and what comes, to the end of the run. ' +
    'A stream is resumed by `Last-Event-ID` or `after`, without gaps or repetitions: `id` is `seq`, `event` is `type`, and `event: end` is its end.',
  request: {
    params: z.object({ id: z.string().meta({ description: "The run's id.", examples: [exampleRun.runId] }) }),
    query: RunEventQuery,
    headers: z.object({
      'last-event-id': z.coerce
        .number()
        .int()
        .min(0)
        .optional()
        .meta({ description: 'Only for streams: `seq` of the last entry that arrived. Counts instead of `after`.', examples: [4] }),
    }),
  },
  responses: {
    200: {
      description: 'Entries with a greater `seq`, oldest first.',
      content: {
        ...jsonAnswer(RunEventList, '', { items: [exampleEvent], ended: false }).content,
        'text/event-stream': { schema: z.string(), example: exampleEventStream },
      },
    },
    ...problemAnswers(404, 422, 503),
  },
})

export function runEventRoutes({ store, log }: ApiParts): OpenAPIHono {
  const app = new OpenAPIHono()
  app.openapi(events, async (c) => {
    const { id } = c.req.valid('param')
    const { after, limit, logs: withLogs } = c.req.valid('query')
    const logs = withLogs === 'true'
    if (!c.req.header('accept')?.includes('text/event-stream')) return c.json(await eventList(store, id, { after, limit, logs }), 200)
    await runOf(store, id)
    const from = c.req.valid('header')['last-event-id'] ?? after
    return c.body(eventStream({ store, log, runId: id, after: from, logs }), 200, {
      'content-type': 'text/event-stream; charset=utf-8',
      // Proxies such as nginx would else hold entries back until a buffer is full.
      'x-accel-buffering': 'no',
    })
  })
  return app
}

async function eventList(
  store: MetadataStore,
  runId: string,
  options: { readonly after: number; readonly limit: number; readonly logs: boolean },
): Promise<RunEventList> {
  // In this order: what is read after the run had ended holds everything.
  const { status } = await runOf(store, runId)
  const items = await store.events.list(runId, options)
  const ended = endedRunStatuses.some((each) => each === status)
  return { items: items.map(wireEvent), ended: ended && items.length < options.limit }
}
