import { z } from 'zod'
import { assetRecord } from './asset-record.ts'
import { Metadata } from './metadata-value.ts'
import { pageOf } from './page.ts'
import { Tags } from './tags.ts'

/** The record that an asset was looked at. */
export const Observation = z
  .object({
    ...assetRecord,
    metadata: Metadata,
    tags: Tags,
    dataVersion: z.string().nullable().meta({ description: 'Version of the data that was found; null where the observation names none.' }),
  })
  .meta({ id: 'Observation', description: 'The record that an asset was looked at.' })
export type Observation = z.infer<typeof Observation>

/** Answer of `GET /assets/{key}/observations`: newest first. */
export const ObservationPage = pageOf(Observation).meta({ id: 'ObservationPage' })
export type ObservationPage = z.infer<typeof ObservationPage>
