import { z } from 'zod'
import { Json } from './metadata-value.ts'

/** How often and after what time a step is tried again when its own code throws. */
export const RetryPolicy = z
  .object({
    max: z.number().int(),
    delayMs: z.number(),
    backoff: z.enum(['constant', 'linear', 'exponential']),
    jitter: z.boolean(),
  })
  .meta({ id: 'RetryPolicy' })
export type RetryPolicy = z.infer<typeof RetryPolicy>

/** The config that an asset, a check or an op takes. */
export const StepConfig = z
  .object({
    acceptsNone: z.boolean().meta({ description: 'Whether a run may leave its config out.' }),
    jsonSchema: z.union([Json, z.null()]).meta({ description: 'JSON Schema of the config; null where its schema has none.' }),
  })
  .meta({ id: 'StepConfig' })
export type StepConfig = z.infer<typeof StepConfig>
