import { createRoute, OpenAPIHono } from '@hono/zod-openapi'
import type { CodeLocation as StoredCodeLocation } from '../../metadata/stores/code-location-store.ts'
import type { RunLauncher } from '../../temporal/run-launcher.ts'
import { taskQueueOf } from '../../workflows/names.ts'
import { jsonAnswer, problemAnswers } from '../answers.ts'
import type { ApiParts } from '../api-parts.ts'
import { type CodeLocation, CodeLocationPage } from '../contract/code-location.ts'
import { PageQuery } from '../contract/page.ts'
import { exampleCodeLocation, examplePage } from '../examples.ts'
import { pageOfList } from '../list-page.ts'
import { workerPresence } from '../worker-presence.ts'

const list = createRoute({
  method: 'get',
  path: '/code-locations',
  tags: ['Definitions'],
  summary: 'List code locations',
  description: 'By name: what workers registered, and whether one is there now.',
  request: { query: PageQuery },
  responses: {
    200: jsonAnswer(CodeLocationPage, 'A page of code locations.', examplePage(exampleCodeLocation)),
    ...problemAnswers(422, 503),
  },
})

export function codeLocationRoutes({ catalog, launcher }: ApiParts): OpenAPIHono {
  const app = new OpenAPIHono()
  app.openapi(list, async (c) => {
    const page = pageOfList((await catalog()).codeLocations, (location) => location.name, c.req.valid('query'))
    const items = await Promise.all(page.items.map((location) => wireCodeLocation(launcher, location)))
    return c.json({ ...page, items }, 200)
  })
  return app
}

async function wireCodeLocation(
  launcher: RunLauncher,
  { name, snapshotHash, snapshot, registeredAt }: StoredCodeLocation,
): Promise<CodeLocation> {
  return {
    name,
    snapshotHash,
    registeredAt: registeredAt.toISOString(),
    assetCount: snapshot.assets.length,
    jobCount: snapshot.jobs.length,
    resourceCount: snapshot.resources.length,
    taskQueue: taskQueueOf(name),
    hasWorker: await workerPresence(launcher, name),
  }
}
