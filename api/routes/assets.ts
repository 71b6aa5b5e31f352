import { createRoute, OpenAPIHono } from '@hono/zod-openapi'
import type { AssetSnapshot } from '../../planning/snapshot.ts'
import { jsonAnswer, problemAnswers } from '../answers.ts'
import type { ApiParts } from '../api-parts.ts'
import { assetOfPath, assetParams } from '../asset-lookup.ts'
import type { Catalog, Located } from '../catalog.ts'
import { type Asset, AssetDetail, AssetPage, AssetQuery } from '../contract/asset.ts'
import type { Graph } from '../contract/graph.ts'
import { exampleAsset, exampleAssetDetail, examplePage } from '../examples.ts'
import { pageOfList } from '../list-page.ts'
import { selectionOf } from '../query-selection.ts'
import { selectedOrNone } from '../selected-assets.ts'
import { wireAssets } from '../wire-assets.ts'
import { plain } from '../wire-json.ts'

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
  description: 'With its place in the graph, its checks, the newest that is known of it and the run that makes it now.',
  request: { params: assetParams },
  responses: { 200: jsonAnswer(AssetDetail, 'The asset.', exampleAssetDetail), ...problemAnswers(404, 503) },
})

export function assetRoutes({ store, catalog }: ApiParts): OpenAPIHono {
  const app = new OpenAPIHono()
  app.openapi(list, async (c) => {
    const query = c.req.valid('query')
    const selection = selectionOf(c.req.url)
    const known = await catalog()
    const selected = selection === undefined ? undefined : await selectedOrNone(store, known, selection)
    const page = pageOfList(filtered(known, query, selected), (asset) => asset.key, query)
    return c.json({ ...page, items: await wireAssets(store, known, page.items) }, 200)
  })
  app.openapi(show, async (c) => {
    const known = await catalog()
    const asset = assetOfPath(known, c.req.valid('param').key)
    const [shown] = await wireAssets(store, known, [asset])
    return c.json({ ...(shown as Asset), ...placeOf(known, asset), graph: asset.graph && plain<Graph>(asset.graph) }, 200)
  })
  return app
}

function filtered(catalog: Catalog, { group, kind }: AssetQuery, selected: ReadonlySet<string> | undefined): Located<AssetSnapshot>[] {
  return [...catalog.assets.values()].filter(
    (asset) =>
      (selected === undefined || selected.has(asset.key)) &&
      (group === undefined || asset.group === group || asset.group.startsWith(`${group}/`)) &&
      (kind === undefined || asset.kinds.includes(kind)),
  )
}

function placeOf(catalog: Catalog, { key }: AssetSnapshot): Pick<AssetDetail, 'downstreamKeys' | 'jobNames'> {
  return {
    downstreamKeys: [...(catalog.graph.downstream.get(key) ?? [])],
    jobNames: [...catalog.jobs.values()].filter((job) => job.assetKeys.includes(key)).map((job) => job.name),
  }
}
