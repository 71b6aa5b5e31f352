import { Validator } from '@seriousme/openapi-schema-validator'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { describe, expect, it } from 'vitest'
import type { MetadataStore } from '../metadata/metadata-store.ts'
import type { BackfillLauncher } from '../temporal/backfill-launcher.ts'
import type { RunLauncher } from '../temporal/run-launcher.ts'
import type { ScheduleControl } from '../temporal/schedule-control.ts'
import type { SensorControl } from '../temporal/sensor-control.ts'
import { createApp } from './app.ts'

// Describing the API asks nothing of the store or of Temporal.
const app = createApp({
  store: { codeLocations: {} } as MetadataStore,
  launcher: {} as RunLauncher,
  backfills: {} as BackfillLauncher,
  schedules: {} as ScheduleControl,
  sensors: {} as SensorControl,
  version: '0.1.0',
})

interface Media {
  readonly schema: { readonly $ref?: string }
  readonly example?: unknown
}
interface Answer {
  readonly description: string
  readonly content: Readonly<Record<string, Media>>
}
interface Parameter {
  readonly name: string
  readonly in: string
  readonly schema: { readonly examples?: readonly unknown[] }
}
interface Operation {
  readonly summary?: string
  readonly tags?: readonly string[]
  readonly parameters?: readonly Parameter[]
  readonly requestBody?: Answer
  readonly responses: Readonly<Record<string, Answer>>
}
interface Description {
  readonly openapi: string
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
  readonly components: { readonly schemas: Readonly<Record<string, object>> }
}

const description = async (): Promise<Description> => (await (await app.request('/api/v1/openapi.json')).json()) as Description

const operationsOf = ({ paths }: Description) =>
  Object.entries(paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => ({ name: `${method} ${path}`, operation })),
  )

describe('the description of the API', () => {
  it('is a valid OpenAPI 3.1 document', async () => {
    const document = await description()
    expect(document.openapi).toBe('3.1.0')
    expect(await new Validator().validate(document)).toEqual({ valid: true })
  })

  it('has every route that the app answers', async () => {
    const described = operationsOf(await description()).map(({ name }) => name.replaceAll(/\{(\w+)\}/g, ':$1'))
    const served = app.routes
      .filter(({ method, path }) => method !== 'ALL' && !path.startsWith('/api/docs'))
      .map(({ method, path }) => `${method.toLowerCase()} ${path}`)
    const undescribed = new Set(served.filter((route) => !described.includes(route)))
    expect([...undescribed]).toEqual(['get /api/v1/openapi.json', 'get /'])
    expect(described.toSorted()).toEqual([
      'delete /api/v1/dynamic-partitions/:name/keys/:key',
      'get /api/v1/assets',
      'get /api/v1/assets/:key',
      'get /api/v1/assets/:key/checks',
      'get /api/v1/assets/:key/checks/:name/evaluations',
      'get /api/v1/assets/:key/freshness-events',
      'get /api/v1/assets/:key/materializations',
      'get /api/v1/assets/:key/metadata/:name',
      'get /api/v1/assets/:key/observations',
      'get /api/v1/assets/:key/partitions',
      'get /api/v1/backfills',
      'get /api/v1/backfills/:id',
      'get /api/v1/backfills/:id/failures',
      'get /api/v1/code-locations',
      'get /api/v1/dynamic-partitions',
      'get /api/v1/dynamic-partitions/:name/keys',
      'get /api/v1/jobs',
      'get /api/v1/jobs/:name',
      'get /api/v1/lineage',
      'get /api/v1/resources',
      'get /api/v1/runs',
      'get /api/v1/runs/:id',
      'get /api/v1/runs/:id/events',
      'get /api/v1/schedules',
      'get /api/v1/schedules/:name',
      'get /api/v1/schedules/:name/ticks',
      'get /api/v1/sensors',
      'get /api/v1/sensors/:name',
      'get /api/v1/sensors/:name/ticks',
      'get /api/v1/ticks/:id',
      'get /livez',
      'get /readyz',
      'patch /api/v1/backfills/:id',
      'post /api/v1/assets/:key/events',
      'post /api/v1/backfills',
      'post /api/v1/backfills/:id/cancel',
      'post /api/v1/backfills/:id/pause',
      'post /api/v1/backfills/:id/resume',
      'post /api/v1/backfills/:id/retry',
      'post /api/v1/dynamic-partitions/:name/keys',
      'post /api/v1/runs',
      'post /api/v1/runs/:id/cancel',
      'post /api/v1/schedules/:name/preview',
      'post /api/v1/schedules/:name/reset',
      'post /api/v1/schedules/:name/start',
      'post /api/v1/schedules/:name/stop',
      'post /api/v1/sensors/:name/events',
      'post /api/v1/sensors/:name/preview',
      'post /api/v1/sensors/:name/reset',
      'post /api/v1/sensors/:name/start',
      'post /api/v1/sensors/:name/stop',
      'put /api/v1/sensors/:name/cursor',
    ])
  })

  it('shows an example of every parameter, body and answer, and each fits its schema', async () => {
    const document = await description()
    const ajv = new Ajv2020({ strict: false, validateFormats: false }).addSchema(document, 'api')
    const wrong = operationsOf(document).flatMap(({ name, operation }) => {
      expect(operation.summary, name).toBeTruthy()
      expect(operation.tags, name).toHaveLength(1)
      for (const parameter of operation.parameters ?? []) {
        expect(parameter.schema.examples?.length ?? 0, `${name}: ${parameter.in} ${parameter.name}`).toBeGreaterThan(0)
      }
      const answers = [...Object.entries(operation.responses), ...(operation.requestBody ? [['body', operation.requestBody] as const] : [])]
      return answers.flatMap(([status, { content }]) =>
        Object.entries(content).flatMap(([type, { schema, example }]) => {
          expect(example, `${name} ${status} ${type}`).toBeDefined()
          const fits = ajv.compile(schema.$ref === undefined ? schema : { $ref: `api${schema.$ref}` })
          return fits(example) ? [] : [`${name} ${status} ${type}: ${ajv.errorsText(fits.errors)}`]
        }),
      )
    })
    expect(wrong).toEqual([])
  })

  it('names an error for every route', async () => {
    const without = operationsOf(await description()).filter(
      ({ name, operation }) =>
        !name.endsWith('z') && !Object.values(operation.responses).some(({ content }) => 'application/problem+json' in content),
    )
    expect(without).toEqual([])
  })
})

describe('a list', () => {
  it.each([
    ['/api/v1/runs?stat=FAILURE', 'stat', 'limit, cursor, status, job, asset, backfill, tag'],
    ['/api/v1/jobs?page=2', 'page', 'limit, cursor'],
    ['/api/v1/assets?selection=a', 'selection', 'limit, cursor, select, group, kind'],
    ['/api/v1/lineage?from=a', 'from', 'select'],
  ])('refuses a parameter that it does not know, and says those it knows: %s', async (path, name, known) => {
    const answer = await app.request(path)
    const problem = (await answer.json()) as { code: string; detail: string }
    expect([answer.status, problem.code]).toEqual([422, 'REQUEST_INVALID'])
    expect(problem.detail).toContain(`query "${name}": there is no such parameter here; there are ${known}`)
  })
})

describe('the page of the API', () => {
  it('shows every route, without any script', async () => {
    const answer = await app.request('/api/docs')
    const page = await answer.text()
    expect(answer.headers.get('content-security-policy')).toContain("default-src 'none'")
    expect(page).not.toContain('<script')
    for (const path of Object.keys((await description()).paths)) expect(page).toContain(`<code>${path}</code>`)
    expect((await app.request('/api/docs/style.css')).headers.get('content-type')).toContain('text/css')
  })
})
