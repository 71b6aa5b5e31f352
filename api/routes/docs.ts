import type { OpenAPIHono } from '@hono/zod-openapi'
import { type ApiDescription, docsPage, docsStylePath } from '../docs-page.ts'
import { docsStyle } from '../docs-style.ts'

const pagePolicy = "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

/** Adds the description of everything in `app` so far, for programs and for people. */
export function addDocs(app: OpenAPIHono, version: string): void {
  let described: ApiDescription | undefined
  const description = (): ApiDescription => (described ??= app.getOpenAPI31Document(about(version)))
  app.get('/api/v1/openapi.json', (c) => c.json(description()))
  app.get('/api/docs', (c) => c.html(docsPage(description()), 200, { 'content-security-policy': pagePolicy }))
  app.get(docsStylePath, (c) => c.body(docsStyle, 200, { 'content-type': 'text/css; charset=utf-8' }))
}

function about(version: string): Parameters<OpenAPIHono['getOpenAPI31Document']>[0] {
  return {
    openapi: '3.1.0',
    info: {
      title: 'Assetry API',
      version,
      description:
        'Assets, runs and what they made. Times are RFC 3339 in UTC. Lists are read page by page: give `nextCursor` as `cursor`. ' +
        'Errors are problem details (RFC 9457) whose `code` is a word that never changes its meaning. ' +
        'What a path names and does not exist is 404; what a query or a body names and does not exist is 422.',
      license: { name: 'MIT', url: 'https://spdx.org/licenses/MIT.html' },
    },
    servers: [{ url: '/' }],
    tags: ['Assets', 'Runs', 'Jobs', 'Definitions', 'Health'].map((name) => ({ name })),
  }
}
