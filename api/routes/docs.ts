import type { OpenAPIHono } from '@hono/zod-openapi'
import { type ApiDescription, docsPage, docsStylePath } from '../docs-page.ts'
import { docsStyle } from '../docs-style.ts'

const pagePolicy = "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

/** What the description says besides the routes. */
export interface DocsOptions {
  readonly version: string
  readonly tokenRequired: boolean
}

/** Adds the description of everything in `app` so far, for programs and for people. */
export function addDocs(app: OpenAPIHono, options: DocsOptions): void {
  app.openAPIRegistry.registerComponent('securitySchemes', 'bearer', {
    type: 'http',
    scheme: 'bearer',
    description: 'The token that the server was started with. One without a token asks for none.',
  })
  let described: ApiDescription | undefined
  const description = (): ApiDescription => (described ??= app.getOpenAPI31Document(about(options)))
  app.get('/api/v1/openapi.json', (c) => c.json(description()))
  app.get('/api/docs', (c) => c.html(docsPage(description()), 200, { 'content-security-policy': pagePolicy }))
  app.get(docsStylePath, (c) => c.body(docsStyle, 200, { 'content-type': 'text/css; charset=utf-8' }))
}

function about({ version, tokenRequired }: DocsOptions): Parameters<OpenAPIHono['getOpenAPI31Document']>[0] {
  return {
    openapi: '3.1.0',
    info: {
      title: 'Assetry API',
      version,
      description:
        'Assets, runs and what they made. Times are RFC 3339 in UTC. Lists are read page by page: give `nextCursor` as `cursor`. ' +
        'Errors are problem details (RFC 9457) whose `code` is a word that never changes its meaning. ' +
        'What a path names and does not exist is 404; what a query or a body names and does not exist is 422. ' +
        'A server that was started with a token wants `Authorization: Bearer TOKEN` in every request but those for health.',
      license: { name: 'MIT', url: 'https://spdx.org/licenses/MIT.html' },
    },
    servers: [{ url: '/' }],
    security: tokenRequired ? [{ bearer: [] }] : [{}, { bearer: [] }],
    tags: ['Assets', 'Partitions', 'Runs', 'Jobs', 'Definitions', 'Health'].map((name) => ({ name })),
  }
}
