import type { OpenAPIHono } from '@hono/zod-openapi'
import { html } from 'hono/html'

/** The description of the API, as `GET /api/v1/openapi.json` has it. */
export type ApiDescription = ReturnType<OpenAPIHono['getOpenAPI31Document']>

type PathItem = NonNullable<ApiDescription['paths']>[string]
type Operation = NonNullable<PathItem['get']>
type Html = ReturnType<typeof html>

interface Endpoint {
  readonly method: 'get' | 'post' | 'put' | 'patch' | 'delete'
  readonly path: string
  readonly operation: Operation
}

/** Where the page's style sheet is. */
export const docsStylePath = '/api/docs/style.css'

/** The description as a page for people. It has no script, so that it needs none from elsewhere and none is allowed. */
export function docsPage(description: ApiDescription): Html {
  const { info } = description
  const endpoints = endpointsOf(description)
  const tags = [...new Set(endpoints.map(tagOf))]
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${info.title} ${info.version}</title>
        <link rel="stylesheet" href="${docsStylePath}" />
      </head>
      <body>
        <header>
          <h1>${info.title} <small>${info.version}</small></h1>
          <p>${info.description}</p>
          <p><a href="/api/v1/openapi.json">OpenAPI 3.1 description</a></p>
        </header>
        <nav>${endpoints.map(entryOf)}</nav>
        <main>
          ${tags.map(
            (tag) =>
              html`<h2>${tag}</h2>
                ${endpoints.filter((endpoint) => tagOf(endpoint) === tag).map(sectionOf)}`,
          )}
          <h2>Schemas</h2>
          ${Object.entries(description.components?.schemas ?? {}).map(([name, schema]) => folded(name, schema, `schema-${name}`))}
        </main>
      </body>
    </html>`
}

function endpointsOf({ paths }: ApiDescription): Endpoint[] {
  return Object.entries(paths ?? {}).flatMap(([path, item]) =>
    (['get', 'post', 'put', 'patch', 'delete'] as const).flatMap((method) => {
      const operation = item[method]
      return operation === undefined ? [] : [{ method, path, operation }]
    }),
  )
}

function tagOf({ operation }: Endpoint): string {
  return operation.tags?.[0] ?? 'Other'
}

function anchorOf({ method, path }: Endpoint): string {
  return `${method}${path.replaceAll(/[^a-z0-9]+/gi, '-')}`
}

function entryOf(endpoint: Endpoint): Html {
  return html`<a href="#${anchorOf(endpoint)}"><b>${endpoint.method.toUpperCase()}</b> ${endpoint.path}</a>`
}

function sectionOf(endpoint: Endpoint): Html {
  const { method, path, operation } = endpoint
  return html`<section id="${anchorOf(endpoint)}">
    <h3><b>${method.toUpperCase()}</b> <code>${path}</code></h3>
    <p>${operation.summary}. ${operation.description ?? ''}</p>
    ${parametersOf(operation)} ${bodyOf(operation)}
    ${Object.entries((operation.responses ?? {}) as Record<string, Answer>).map(([status, answer]) => answerOf(status, answer))}
  </section>`
}

interface Parameter {
  readonly name: string
  readonly in: string
  readonly required?: boolean
  readonly description?: string
  readonly schema?: { readonly examples?: readonly (string | number | readonly string[])[]; readonly default?: unknown }
}

function parametersOf({ parameters = [] }: Operation): Html | string {
  if (parameters.length === 0) return ''
  return html`<table>
    <thead>
      <tr>
        <th>Parameter</th>
        <th>In</th>
        <th>Meaning</th>
        <th>Example</th>
      </tr>
    </thead>
    <tbody>
      ${(parameters as readonly Parameter[]).map(rowOf)}
    </tbody>
  </table>`
}

function rowOf({ name, in: place, required, description, schema }: Parameter): Html {
  const preset = schema?.default === undefined ? '' : ` Default: ${JSON.stringify(schema.default)}.`
  return html`<tr>
    <td><code>${name}</code>${required ? '' : ' (optional)'}</td>
    <td>${place}</td>
    <td>${description ?? ''}${preset}</td>
    <td><code>${[schema?.examples?.[0] ?? ''].flat().join(', ')}</code></td>
  </tr>`
}

interface Answer {
  readonly description?: string
  readonly content?: Readonly<Record<string, { readonly example?: unknown }>>
}

function bodyOf({ requestBody }: Operation): Html | string {
  if (requestBody === undefined) return ''
  return html`${Object.entries((requestBody as Answer).content ?? {}).map(([type, { example }]) => folded(`Body: ${type}`, example))}`
}

function answerOf(status: string, { description, content = {} }: Answer): Html {
  return html`<h4>${status} <small>${description}</small></h4>
    ${Object.entries(content).map(([type, { example }]) => folded(type, example))}`
}

function folded(title: string, content: unknown, id = ''): Html {
  const text = typeof content === 'string' ? content : JSON.stringify(content, null, 2)
  return html`<details id="${id}">
    <summary>${title}</summary>
    <pre>${text}</pre>
  </details>`
}
