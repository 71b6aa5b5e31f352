import { z } from 'zod'
import { Graph } from './graph.ts'
import { Json } from './metadata-value.ts'
import { pageOf } from './page.ts'
import { Tags } from './tags.ts'

/** A named selection of assets that is run together, or a named graph of ops. */
export const Job = z
  .object({
    name: z.string().meta({ examples: ['daily_reports'] }),
    codeLocation: z.string().meta({ examples: ['default'] }),
    description: z.string().nullable(),
    tags: Tags,
    kind: z.enum(['asset', 'graph']).meta({ description: 'Whether it makes assets or runs a graph of ops.' }),
    selection: z.string().meta({ description: 'In the selection language; empty for a job of ops.', examples: ['group:reports'] }),
    assetKeys: z.array(z.string()).meta({ description: 'What it selects.' }),
    runConfig: z.record(z.string(), z.record(z.string(), Json)).meta({
      description: 'Config of its runs, where a run brings none of its own.',
      examples: [{ assets: { report: { minScore: 85 } } }],
    }),
  })
  .meta({ id: 'Job', description: 'A named selection of assets that is run together, or a named graph of ops.' })
export type Job = z.infer<typeof Job>

/** Answer of `GET /jobs/{name}`. */
export const JobDetail = Job.extend({
  graph: z.union([Graph, z.null()]).meta({ description: 'The ops that it runs; null for a job of assets.' }),
}).meta({ id: 'JobDetail', description: 'A job with its graph.' })
export type JobDetail = z.infer<typeof JobDetail>

/** Answer of `GET /jobs`: by name. */
export const JobPage = pageOf(Job).meta({ id: 'JobPage' })
export type JobPage = z.infer<typeof JobPage>
