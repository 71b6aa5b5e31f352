import { createRoute, OpenAPIHono } from '@hono/zod-openapi'
import type { AssetSnapshot, ResourceSnapshot } from '../../planning/snapshot.ts'
import { jsonAnswer, problemAnswers } from '../answers.ts'
import type { ApiParts } from '../api-parts.ts'
import type { Catalog, Located } from '../catalog.ts'
import { PageQuery } from '../contract/page.ts'
import { type Resource, ResourcePage } from '../contract/resource.ts'
import { examplePage, exampleResource } from '../examples.ts'
import { pageOfList } from '../list-page.ts'

const list = createRoute({
  method: 'get',
  path: '/resources',
  tags: ['Definitions'],
  summary: 'List resources',
  description: 'By name, with the names of the environment variables they read; never their values.',
  request: { query: PageQuery },
  responses: { 200: jsonAnswer(ResourcePage, 'A page of resources.', examplePage(exampleResource)), ...problemAnswers(422, 503) },
})

export function resourceRoutes({ catalog }: ApiParts): OpenAPIHono {
  const app = new OpenAPIHono()
  app.openapi(list, async (c) => {
    const known = await catalog()
    const page = pageOfList(known.resources, ({ name, codeLocation }) => `${name} ${codeLocation}`, c.req.valid('query'))
    return c.json({ ...page, items: page.items.map((resource) => wireResource(known, resource)) }, 200)
  })
  return app
}

function wireResource(catalog: Catalog, { name, codeLocation, description, environment }: Located<ResourceSnapshot>): Resource {
  const usedBy = [...catalog.assets.values()]
    .filter((asset) => asset.codeLocation === codeLocation && resourcesOf(asset).includes(name))
    .map((asset) => asset.key)
  return { name, codeLocation, description, environment: [...environment], usedBy }
}

/** What an asset's function asks for, what its checks do, and the ops that make it. */
function resourcesOf({ resources, checks, graph }: AssetSnapshot): readonly string[] {
  return [resources, ...checks.map((check) => check.resources), ...(graph?.nodes ?? []).map((node) => node.resources)].flat()
}
