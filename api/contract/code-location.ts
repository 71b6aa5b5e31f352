import { z } from 'zod'
import { pageOf } from './page.ts'
import { Time } from './time.ts'

/** One project's definitions, as a worker of it registered them. */
export const CodeLocation = z
  .object({
    name: z.string().meta({ examples: ['default'] }),
    snapshotHash: z.string(),
    registeredAt: Time,
    assetCount: z.number().int(),
    jobCount: z.number().int(),
    resourceCount: z.number().int(),
    taskQueue: z.string().meta({ description: 'The Temporal task queue its workers poll.', examples: ['assetry:default'] }),
    hasWorker: z.boolean().nullable().meta({ description: 'Whether a worker polls now; null where Temporal could not be asked.' }),
  })
  .meta({ id: 'CodeLocation', description: "One project's definitions, as a worker of it registered them." })
export type CodeLocation = z.infer<typeof CodeLocation>

/** Answer of `GET /code-locations`: by name. */
export const CodeLocationPage = pageOf(CodeLocation).meta({ id: 'CodeLocationPage' })
export type CodeLocationPage = z.infer<typeof CodeLocationPage>
