import { z } from 'zod'
import { Time } from './time.ts'

/** What every record of an asset says of where it comes from. */
export const assetRecord = {
  id: z.string(),
  runId: z.string().nullable().meta({ description: 'Null where it was reported from outside.' }),
  stepKey: z.string().nullable(),
  assetKey: z.string().meta({ examples: ['raw/orders'] }),
  partitionKey: z.string().nullable(),
  time: Time,
}
