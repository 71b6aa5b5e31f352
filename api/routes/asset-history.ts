import { createRoute, OpenAPIHono } from '@hono/zod-openapi'
import { z } from 'zod'
import { jsonAnswer, problemAnswers } from '../answers.ts'
import type { ApiParts } from '../api-parts.ts'
import { assetOfPath, assetParams } from '../asset-lookup.ts'
import { FreshnessEventPage } from '../contract/freshness.ts'
import { MaterializationPage } from '../contract/materialization.ts'
import { MetadataSeries, MetadataSeriesQuery } from '../contract/metadata-series.ts'
import { ObservationPage } from '../contract/observation.ts'
import { PageQuery } from '../contract/page.ts'
import { exampleFreshnessEvent, exampleMaterialization, exampleObservation, examplePage, exampleSeries } from '../examples.ts'
import { storedPage } from '../list-page.ts'
import { wireMaterialization, wireObservation } from '../wire-assets.ts'
import { wireFreshnessEvent } from '../wire-health.ts'

const materializations = createRoute({
  method: 'get',
  path: '/assets/{key}/materializations',
  tags: ['Assets'],
  summary: "List an asset's materializations",
  description: 'Newest first. Also of an asset that is no longer defined.',
  request: { params: assetParams, query: PageQuery },
  responses: {
    200: jsonAnswer(MaterializationPage, 'A page of materializations.', examplePage(exampleMaterialization)),
    ...problemAnswers(404, 422, 503),
  },
})

const observations = createRoute({
  method: 'get',
  path: '/assets/{key}/observations',
  tags: ['Assets'],
  summary: "List an asset's observations",
  description: 'Newest first. Also of an asset that is no longer defined.',
  request: { params: assetParams, query: PageQuery },
  responses: {
    200: jsonAnswer(ObservationPage, 'A page of observations.', examplePage(exampleObservation)),
    ...problemAnswers(404, 422, 503),
  },
})

const freshnessEvents = createRoute({
  method: 'get',
  path: '/assets/{key}/freshness-events',
  tags: ['Assets'],
  summary: "List the changes of an asset's freshness",
  description: 'Newest first. Also of an asset that is no longer defined.',
  request: { params: assetParams, query: PageQuery },
  responses: {
    200: jsonAnswer(FreshnessEventPage, 'A page of changes.', examplePage(exampleFreshnessEvent)),
    ...problemAnswers(404, 422, 503),
  },
})

const series = createRoute({
  method: 'get',
  path: '/assets/{key}/metadata/{name}',
  tags: ['Assets'],
  summary: 'Show a number over time',
  description: 'The metadata of this name of the newest materializations that have it as a number, oldest first.',
  request: {
    params: assetParams.extend({ name: z.string().meta({ description: 'Name of the metadata.', examples: ['rows'] }) }),
    query: MetadataSeriesQuery,
  },
  responses: { 200: jsonAnswer(MetadataSeries, 'The points.', exampleSeries), ...problemAnswers(404, 422, 503) },
})

/** What has happened to an asset. */
export function assetHistoryRoutes({ store, catalog }: ApiParts): OpenAPIHono {
  const app = new OpenAPIHono()
  /** An asset that nothing is known of must be one that there is. */
  const mustExist = async (key: string, isKnown: boolean): Promise<void> => {
    if (!isKnown) assetOfPath(await catalog(), key)
  }
  app.openapi(materializations, async (c) => {
    const { key } = c.req.valid('param')
    const page = await storedPage(c.req.valid('query'), (request) => store.materializations.list(key, request))
    await mustExist(key, page.items.length > 0)
    return c.json({ ...page, items: page.items.map(wireMaterialization) }, 200)
  })
  app.openapi(observations, async (c) => {
    const { key } = c.req.valid('param')
    const page = await storedPage(c.req.valid('query'), (request) => store.observations.list(key, request))
    await mustExist(key, page.items.length > 0)
    return c.json({ ...page, items: page.items.map(wireObservation) }, 200)
  })
  app.openapi(freshnessEvents, async (c) => {
    const { key } = c.req.valid('param')
    const page = await storedPage(c.req.valid('query'), (request) => store.freshness.events(key, request))
    await mustExist(key, page.items.length > 0)
    return c.json({ ...page, items: page.items.map(wireFreshnessEvent) }, 200)
  })
  app.openapi(series, async (c) => {
    const { key, name } = c.req.valid('param')
    const points = await store.materializations.series(key, name, c.req.valid('query').limit)
    await mustExist(key, points.length > 0)
    return c.json({ assetKey: key, name, points: points.map((point) => ({ ...point, time: point.time.toISOString() })) }, 200)
  })
  return app
}
