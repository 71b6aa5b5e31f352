import { createRoute, OpenAPIHono } from '@hono/zod-openapi'
import { z } from 'zod'
import { AssetryError } from '../../definitions/errors.ts'
import { jsonAnswer, problemAnswers } from '../answers.ts'
import type { ApiParts } from '../api-parts.ts'
import { TickDetail } from '../contract/tick.ts'
import { exampleTickDetail } from '../tick-examples.ts'
import { wireTickDetail } from '../wire-ticks.ts'

const show = createRoute({
  method: 'get',
  path: '/ticks/{id}',
  tags: ['Sensors'],
  summary: 'Show a tick',
  description: 'What it asked for and what came of that, and what its function logged.',
  request: { params: z.object({ id: z.string().meta({ description: "The tick's id.", examples: [exampleTickDetail.tickId] }) }) },
  responses: { 200: jsonAnswer(TickDetail, 'The tick.', exampleTickDetail), ...problemAnswers(404, 503) },
})

/** Looking at one tick of a schedule or a sensor. */
export function tickRoutes({ store }: ApiParts): OpenAPIHono {
  const app = new OpenAPIHono()
  app.openapi(show, async (c) => {
    const { id } = c.req.valid('param')
    const [tick, requests, logs] = await Promise.all([store.ticks.get(id), store.ticks.requestsOf(id), store.ticks.logsOf(id)])
    if (tick === undefined) {
      throw new AssetryError('UNKNOWN_TICK', `There is no tick "${id}". Skipped ticks are kept for 7 days, the others for 90.`, {
        facts: { id },
      })
    }
    return c.json(wireTickDetail(tick, requests, logs), 200)
  })
  return app
}
