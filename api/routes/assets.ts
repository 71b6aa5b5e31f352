import { createRoute, OpenAPIHono } from '@hono/zod-openapi'
import { z } from 'zod'
import { isAssetryError } from '../../definitions/errors.ts'
import type { AssetSnapshot } from '../../planning/snapshot.ts'
import { resolveSelection } from '../../planning/selection.ts'
import { jsonAnswer, problemAnswers } from '../answers.ts'
import type { ApiParts } from '../api-parts.ts'
import { assetOf, type Catalog, type Located } from '../catalog.ts'
import { AssetDetail, AssetPage, AssetQuery, type AssetStatus } from '../contract/asset.ts'
import { MaterializationPage } from '../contract/materialization.ts'
import { PageQuery } from '../contract/page.ts'
import { notFound } from '../error-response.ts'
import { exampleAsset, exampleAssetDetail, exampleMaterialization, examplePage } from '../examples.ts'
import { pageOfList } from '../list-page.ts'
import { selectionOf } from '../query-selection.ts'
import { latestStatuses, wireAsset, wireMaterialization } from '../wire-assets.ts'

const params = z.object({
  key: z.string().meta({ description: "The asset's key; `/` in it is written `%2F`.", examples: ['raw%2Forders'] }),
})

const list = createRoute({
  method: 'get',
  path: '/assets',
  tags: ['Assets'],
  summary: 'List assets',
  description: 'By key, with the newest that is known of each. A selection that matches nothing gives an empty list.',
  request: { query: AssetQuery },
  responses: { 200: jsonAnswer(AssetPage, 'A page of assets.', examplePage(exampleAsset)), ...problemAnswers(422, 503) },
})

const show = createRoute({
  method: 'get',
  path: '/assets/{key}',
  tags: ['Assets'],
  summary: 'Show an asset',
  description: 'With its place in the graph, its newest materialization and the run that makes it now.',
  request: { params },
  responses: { 200: jsonAnswer(AssetDetail, 'The asset.', exampleAssetDetail), ...problemAnswers(404, 503) },
})

const materializations = createRoute({
  method: 'get',
  path: '/assets/{key}/materializations',
  tags: ['Assets'],
  summary: "List an asset's materializations",
  description: 'Newest first. Also of an asset that is no longer defined.',
  request: { params, query: PageQuery },
  responses: {
    200: jsonAnswer(MaterializationPage, 'A page of materializations.', examplePage(exampleMaterialization)),
    ...problemAnswers(404, 422, 503),
  },
})

export function assetRoutes({ store, catalog }: ApiParts): OpenAPIHono {
  const app = new OpenAPIHono()
  app.openapi(list, async (c) => {
    const query = c.req.valid('query')
    const selection = selectionOf(c.req.url)
    const page = pageOfList(
      filtered(await catalog(), { ...query, ...(selection !== undefined && { select: selection }) }),
      (asset) => asset.key,
      query,
    )
    const latest = await latestStatuses(
      store,
      page.items.map((asset) => asset.key),
    )
    return c.json({ ...page, items: page.items.map((asset) => wireAsset(asset, statusOf(latest, asset.key))) }, 200)
  })
  app.openapi(show, async (c) => {
    const known = await catalog()
    const asset = namedByPath(known, c.req.valid('param').key)
    const latest = await latestStatuses(store, [asset.key])
    return c.json({ ...wireAsset(asset, statusOf(latest, asset.key)), ...placeOf(known, asset.key) }, 200)
  })
  app.openapi(materializations, async (c) => {
    const { key } = c.req.valid('param')
    const { limit, cursor } = c.req.valid('query')
    const page = await store.materializations.list(key, cursor === undefined ? { limit } : { limit, cursor })
    if (page.items.length === 0) namedByPath(await catalog(), key)
    return c.json({ items: page.items.map(wireMaterialization), nextCursor: page.cursor }, 200)
  })
  return app
}

function filtered(catalog: Catalog, { select, group, kind }: AssetQuery): Located<AssetSnapshot>[] {
  const selected = select === undefined ? undefined : new Set(selectedOrNone(catalog, select))
  return [...catalog.assets.values()].filter(
    (asset) =>
      (selected === undefined || selected.has(asset.key)) &&
      (group === undefined || asset.group === group || asset.group.startsWith(`${group}/`)) &&
      (kind === undefined || asset.kinds.includes(kind)),
  )
}

/** For a list, a selection that nothing matches is an answer and no mistake. */
function selectedOrNone(catalog: Catalog, select: string): readonly string[] {
  try {
    return resolveSelection([...catalog.assets.values()], select)
  } catch (error) {
    if (isAssetryError(error) && error.code === 'EMPTY_SELECTION') return []
    throw error
  }
}

function namedByPath(catalog: Catalog, key: string): Located<AssetSnapshot> {
  try {
    return assetOf(catalog, key)
  } catch (error) {
    throw isAssetryError(error) ? notFound(error) : error
  }
}

function placeOf(catalog: Catalog, key: string): Pick<AssetDetail, 'downstreamKeys' | 'jobNames'> {
  return {
    downstreamKeys: [...(catalog.graph.downstream.get(key) ?? [])],
    jobNames: [...catalog.jobs.values()].filter((job) => job.assetKeys.includes(key)).map((job) => job.name),
  }
}

function statusOf(latest: ReadonlyMap<string, AssetStatus>, key: string): AssetStatus {
  return latest.get(key) as AssetStatus
}
