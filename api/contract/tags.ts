import { z } from 'zod'

/** Tags by key. */
export const Tags = z.record(z.string(), z.string()).meta({ description: 'Tags by key.', examples: [{ team: 'weather' }] })
export type Tags = z.infer<typeof Tags>
