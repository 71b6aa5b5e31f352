import { createRoute, OpenAPIHono } from '@hono/zod-openapi'
import { z } from 'zod'
import { isAssetryError } from '../../definitions/errors.ts'
import { jsonAnswer, problemAnswers } from '../answers.ts'
import type { ApiParts } from '../api-parts.ts'
import { jobOf } from '../catalog.ts'
import { Job, JobPage } from '../contract/job.ts'
import { PageQuery } from '../contract/page.ts'
import { notFound } from '../error-response.ts'
import { exampleJob, examplePage } from '../examples.ts'
import { pageOfList } from '../list-page.ts'
import { plain } from '../wire-json.ts'

const list = createRoute({
  method: 'get',
  path: '/jobs',
  tags: ['Jobs'],
  summary: 'List jobs',
  description: 'By name.',
  request: { query: PageQuery },
  responses: { 200: jsonAnswer(JobPage, 'A page of jobs.', examplePage(exampleJob)), ...problemAnswers(422, 503) },
})

const show = createRoute({
  method: 'get',
  path: '/jobs/{name}',
  tags: ['Jobs'],
  summary: 'Show a job',
  request: { params: z.object({ name: z.string().meta({ examples: ['daily_reports'] }) }) },
  responses: { 200: jsonAnswer(Job, 'The job.', exampleJob), ...problemAnswers(404, 503) },
})

export function jobRoutes({ catalog }: ApiParts): OpenAPIHono {
  const app = new OpenAPIHono()
  app.openapi(list, async (c) => {
    const page = pageOfList((await catalog()).jobs.values(), (job) => job.name, c.req.valid('query'))
    return c.json(plain<JobPage>(page), 200)
  })
  app.openapi(show, async (c) => {
    const known = await catalog()
    try {
      return c.json(plain<Job>(jobOf(known, c.req.valid('param').name)), 200)
    } catch (error) {
      throw isAssetryError(error) ? notFound(error) : error
    }
  })
  return app
}
