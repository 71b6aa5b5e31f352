import { createRoute, OpenAPIHono } from '@hono/zod-openapi'
import { isAssetryError } from '../../definitions/errors.ts'
import { jsonAnswer, problemAnswers } from '../answers.ts'
import type { ApiParts } from '../api-parts.ts'
import { assetOf, type Catalog } from '../catalog.ts'
import type { AssetStatus } from '../contract/asset.ts'
import { Lineage, type LineageEdge, type LineageNode, LineageQuery } from '../contract/lineage.ts'
import { exampleLineage } from '../examples.ts'
import { selectionOf } from '../query-selection.ts'
import { selectedAssets } from '../selected-assets.ts'
import { latestStatuses } from '../wire-assets.ts'
import { catalogStaleness, wireStaleness } from '../wire-staleness.ts'

const show = createRoute({
  method: 'get',
  path: '/lineage',
  tags: ['Assets'],
  summary: 'Show the graph',
  description: 'The selected assets, each after those it needs, and the edges between them.',
  request: { query: LineageQuery },
  responses: { 200: jsonAnswer(Lineage, 'Nodes and edges.', exampleLineage), ...problemAnswers(422, 503) },
})

export function lineageRoutes({ store, catalog }: ApiParts): OpenAPIHono {
  const app = new OpenAPIHono()
  app.openapi(show, async (c) => {
    const known = await catalog()
    const select = selectionOf(c.req.url)
    const keys = select === undefined ? known.graph.order : await selectedAssets(store, known, select).catch(noneNow)
    const [latest, staleness] = await Promise.all([latestStatuses(store, keys), catalogStaleness(known, store)])
    const nodes = keys.map((key) => ({ ...nodeOf(known, key, latest.get(key)), staleness: wireStaleness(staleness.get(key)).status }))
    return c.json({ nodes, edges: edgesAmong(known, keys) }, 200)
  })
  return app
}

/** A graph without nodes, where no asset stands as asked just now. */
function noneNow(error: unknown): readonly string[] {
  if (isAssetryError(error) && error.code === 'NOTHING_TO_DO') return []
  throw error
}

function nodeOf(catalog: Catalog, key: string, latest: AssetStatus | undefined): Omit<LineageNode, 'staleness'> {
  const { codeLocation, group, description, kinds, origin } = assetOf(catalog, key)
  return {
    key,
    codeLocation,
    group,
    description,
    kinds: [...kinds],
    origin,
    status: latest?.status ?? 'NEVER_MATERIALIZED',
    inProgressRunId: latest?.inProgressRunId ?? null,
  }
}

function edgesAmong(catalog: Catalog, keys: readonly string[]): LineageEdge[] {
  const shown = new Set(keys)
  return keys.flatMap((downstream) => {
    const { upstreamKeys, inputs } = assetOf(catalog, downstream)
    const loaded = new Set(inputs.map((input) => input.key))
    return upstreamKeys
      .filter((upstream) => shown.has(upstream))
      .map((upstream) => ({ upstream, downstream, loaded: loaded.has(upstream) }))
  })
}
