import { createRoute, OpenAPIHono } from '@hono/zod-openapi'
import { AssetryError } from '../../definitions/errors.ts'
import { jsonAnswer, problemAnswers } from '../answers.ts'
import type { ApiParts } from '../api-parts.ts'
import { assetOfPath, assetParams } from '../asset-lookup.ts'
import { AssetPartitionPage, AssetPartitionQuery } from '../contract/partition.ts'
import { examplePartitionPage } from '../examples.ts'
import { partitionPage } from '../partition-page.ts'

const list = createRoute({
  method: 'get',
  path: '/assets/{key}/partitions',
  tags: ['Assets'],
  summary: "List an asset's partitions",
  description:
    'Those that exist now, newest first, of listed ones the last first, with how each stands. 422 `NOT_PARTITIONED` where it has none.',
  request: { params: assetParams, query: AssetPartitionQuery },
  responses: { 200: jsonAnswer(AssetPartitionPage, 'A page of partitions.', examplePartitionPage), ...problemAnswers(404, 422, 503) },
})

/** What is known of the partitions of an asset. */
export function assetPartitionRoutes({ store, catalog }: ApiParts): OpenAPIHono {
  const app = new OpenAPIHono()
  app.openapi(list, async (c) => {
    const { key, partitions } = assetOfPath(await catalog(), c.req.valid('param').key)
    if (!partitions)
      throw new AssetryError('NOT_PARTITIONED', `Asset ${JSON.stringify(key)} has no partitions.`, { facts: { assetKey: key } })
    return c.json(await partitionPage(store, { key, partitions }, c.req.valid('query'), new Date()), 200)
  })
  return app
}
