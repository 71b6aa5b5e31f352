import { createRoute, OpenAPIHono } from '@hono/zod-openapi'
import { z } from 'zod'
import { isAssetryError } from '../../definitions/errors.ts'
import { jsonAnswer, problemAnswers } from '../answers.ts'
import type { ApiParts } from '../api-parts.ts'
import { assetOfPath, assetParams, checkOf } from '../asset-lookup.ts'
import type { Catalog } from '../catalog.ts'
import { AssetCheckPage, CheckEvaluationPage } from '../contract/asset-check.ts'
import { PageQuery } from '../contract/page.ts'
import { notFound } from '../error-response.ts'
import { exampleCheck, exampleEvaluation, examplePage } from '../examples.ts'
import { pageOfList, storedPage } from '../list-page.ts'
import { wireAssets, wireEvaluation } from '../wire-assets.ts'

const list = createRoute({
  method: 'get',
  path: '/assets/{key}/checks',
  tags: ['Assets'],
  summary: "List an asset's checks",
  description: 'By name, with what each found last.',
  request: { params: assetParams, query: PageQuery },
  responses: { 200: jsonAnswer(AssetCheckPage, 'A page of checks.', examplePage(exampleCheck)), ...problemAnswers(404, 422, 503) },
})

const evaluations = createRoute({
  method: 'get',
  path: '/assets/{key}/checks/{name}/evaluations',
  tags: ['Assets'],
  summary: "List a check's evaluations",
  description: 'Newest first. Also of a check that is no longer defined.',
  request: {
    params: assetParams.extend({ name: z.string().meta({ description: "The check's name.", examples: ['no_gaps'] }) }),
    query: PageQuery,
  },
  responses: {
    200: jsonAnswer(CheckEvaluationPage, 'A page of evaluations.', examplePage(exampleEvaluation)),
    ...problemAnswers(404, 422, 503),
  },
})

/** The checks of an asset, and what they found. */
export function assetCheckRoutes({ store, catalog }: ApiParts): OpenAPIHono {
  const app = new OpenAPIHono()
  app.openapi(list, async (c) => {
    const known = await catalog()
    const [asset] = await wireAssets(store, known, [assetOfPath(known, c.req.valid('param').key)])
    const checks = (asset?.checks ?? []).toSorted((one, other) => (one.name < other.name ? -1 : 1))
    return c.json(
      pageOfList(checks, (check) => check.name, c.req.valid('query')),
      200,
    )
  })
  app.openapi(evaluations, async (c) => {
    const { key, name } = c.req.valid('param')
    const page = await storedPage(c.req.valid('query'), (request) => store.checks.list({ assetKey: key, checkName: name }, request))
    if (page.items.length === 0) checkOfPath(await catalog(), key, name)
    return c.json({ ...page, items: page.items.map(wireEvaluation) }, 200)
  })
  return app
}

function checkOfPath(catalog: Catalog, key: string, name: string): void {
  const asset = assetOfPath(catalog, key)
  try {
    checkOf(asset, name)
  } catch (error) {
    throw isAssetryError(error) ? notFound(error) : error
  }
}
