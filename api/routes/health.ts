import { createRoute, OpenAPIHono } from '@hono/zod-openapi'
import { jsonAnswer } from '../answers.ts'
import type { ApiParts } from '../api-parts.ts'
import { Health, Liveness } from '../contract/health.ts'
import { exampleHealth } from '../examples.ts'
import { readiness } from '../readiness.ts'

const live = createRoute({
  method: 'get',
  path: '/livez',
  tags: ['Health'],
  security: [],
  summary: 'Is the process alive',
  responses: { 200: jsonAnswer(Liveness, 'It is.', { status: 'ok', version: '0.1.0' }) },
})

const ready = createRoute({
  method: 'get',
  path: '/readyz',
  tags: ['Health'],
  security: [],
  summary: 'Can runs be started',
  description: 'Asks every part: the metadata store, Temporal, whether definitions are registered, and whether a worker polls.',
  responses: {
    200: jsonAnswer(Health, 'They can.', exampleHealth),
    503: jsonAnswer(Health, 'A part is missing; `parts` says which.', {
      ...exampleHealth,
      status: 'unavailable',
      parts: [{ name: 'worker', ok: false, detail: 'No worker polls assetry:default. Start one with "assetry worker".' }],
    }),
  },
})

export function healthRoutes(parts: ApiParts): OpenAPIHono {
  const app = new OpenAPIHono()
  app.openapi(live, (c) => c.json({ status: 'ok' as const, version: parts.version }, 200))
  app.openapi(ready, async (c) => {
    const health = await readiness(parts)
    return health.status === 'ok' ? c.json(health, 200) : c.json(health, 503)
  })
  return app
}
