import { z } from 'zod'
import { Json } from './metadata-value.ts'
import { pageOf } from './page.ts'
import { Tags } from './tags.ts'

/** A named selection of assets that is run together. */
export const Job = z
  .object({
    name: z.string().meta({ examples: ['daily_reports'] }),
    codeLocation: z.string().meta({ examples: ['default'] }),
    description: z.string().nullable(),
    tags: Tags,
    selection: z.string().meta({ description: 'In the selection language.', examples: ['group:reports'] }),
    assetKeys: z.array(z.string()).meta({ description: 'What it selects.' }),
    runConfig: z.record(z.string(), z.record(z.string(), Json)).meta({
      description: 'Config of its runs, where a run brings none of its own.',
      examples: [{ assets: { report: { minScore: 85 } } }],
    }),
  })
  .meta({ id: 'Job', description: 'A named selection of assets that is run together.' })
export type Job = z.infer<typeof Job>

/** Answer of `GET /jobs`: by name. */
export const JobPage = pageOf(Job).meta({ id: 'JobPage' })
export type JobPage = z.infer<typeof JobPage>
