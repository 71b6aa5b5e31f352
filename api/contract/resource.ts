import { z } from 'zod'
import { pageOf } from './page.ts'

/** Something shared that assets ask for. Its config is never shown. */
export const Resource = z
  .object({
    name: z.string().meta({ examples: ['warehouse'] }),
    codeLocation: z.string().meta({ examples: ['default'] }),
    description: z.string().nullable(),
    environment: z
      .array(z.string())
      .meta({ description: 'Names of the environment variables its config reads.', examples: [['WAREHOUSE_URL']] }),
    usedBy: z.array(z.string()).meta({ description: 'Keys of the assets that ask for it.' }),
  })
  .meta({ id: 'Resource', description: 'Something shared that assets ask for.' })
export type Resource = z.infer<typeof Resource>

/** Answer of `GET /resources`: by name. */
export const ResourcePage = pageOf(Resource).meta({ id: 'ResourcePage' })
export type ResourcePage = z.infer<typeof ResourcePage>
