import { createRoute, OpenAPIHono } from '@hono/zod-openapi'
import { z } from 'zod'
import { isAssetryError } from '../../definitions/errors.ts'
import type { JobSnapshot } from '../../planning/snapshot.ts'
import { jsonAnswer, problemAnswers } from '../answers.ts'
import type { ApiParts } from '../api-parts.ts'
import { jobOf, type Located } from '../catalog.ts'
import type { Graph } from '../contract/graph.ts'
import { type Job, JobDetail, JobPage } from '../contract/job.ts'
import { PageQuery } from '../contract/page.ts'
import { notFound } from '../error-response.ts'
import { exampleJob, exampleJobDetail, examplePage } from '../examples.ts'
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
  description: 'With the graph of its ops, where it runs ops.',
  request: { params: z.object({ name: z.string().meta({ examples: ['daily_reports'] }) }) },
  responses: { 200: jsonAnswer(JobDetail, 'The job.', exampleJobDetail), ...problemAnswers(404, 503) },
})

export function jobRoutes({ catalog }: ApiParts): OpenAPIHono {
  const app = new OpenAPIHono()
  app.openapi(list, async (c) => {
    const page = pageOfList((await catalog()).jobs.values(), (job) => job.name, c.req.valid('query'))
    return c.json({ ...page, items: page.items.map(wireJob) }, 200)
  })
  app.openapi(show, async (c) => {
    const known = await catalog()
    try {
      const job = jobOf(known, c.req.valid('param').name)
      return c.json({ ...wireJob(job), graph: job.graph && plain<Graph>(job.graph) }, 200)
    } catch (error) {
      throw isAssetryError(error) ? notFound(error) : error
    }
  })
  return app
}

function wireJob({ graph, ...job }: Located<JobSnapshot>): Job {
  return plain<Job>({ ...job, kind: graph === null ? 'asset' : 'graph' })
}
