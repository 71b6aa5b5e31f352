import { z } from 'zod'
import { Metadata } from './metadata-value.ts'
import { pageOf } from './page.ts'
import { Tags } from './tags.ts'
import { Time } from './time.ts'

/** The record that an asset was looked at. */
export const Observation = z
  .object({
    id: z.string(),
    runId: z.string().nullable().meta({ description: 'Null where it was reported from outside.' }),
    stepKey: z.string().nullable(),
    assetKey: z.string().meta({ examples: ['raw/orders'] }),
    partitionKey: z.string().nullable(),
    time: Time,
    metadata: Metadata,
    tags: Tags,
    dataVersion: z.string().nullable().meta({ description: 'Version of the data that was found; null where the observation names none.' }),
  })
  .meta({ id: 'Observation', description: 'The record that an asset was looked at.' })
export type Observation = z.infer<typeof Observation>

/** Answer of `GET /assets/{key}/observations`: newest first. */
export const ObservationPage = pageOf(Observation).meta({ id: 'ObservationPage' })
export type ObservationPage = z.infer<typeof ObservationPage>
