import { z } from 'zod'

/** A part the API needs. */
export const HealthPart = z
  .object({
    name: z.enum(['store', 'temporal', 'codeLocation', 'worker']),
    ok: z.boolean(),
    detail: z.string().nullable().meta({ description: 'What is wrong and what to do; null where nothing is.' }),
  })
  .meta({ id: 'HealthPart' })
export type HealthPart = z.infer<typeof HealthPart>

/** Answer of `GET /readyz`. */
export const Health = z
  .object({ status: z.enum(['ok', 'unavailable']), version: z.string().meta({ examples: ['0.1.0'] }), parts: z.array(HealthPart) })
  .meta({ id: 'Health', description: 'Whether runs can be started now, and which part is missing where not.' })
export type Health = z.infer<typeof Health>

/** Answer of `GET /livez`. */
export const Liveness = z
  .object({ status: z.literal('ok'), version: z.string().meta({ examples: ['0.1.0'] }) })
  .meta({ id: 'Liveness', description: 'The process answers.' })
export type Liveness = z.infer<typeof Liveness>
