import { z } from 'zod'
import { assetRecord } from './asset-record.ts'
import { Metadata } from './metadata-value.ts'
import { pageOf } from './page.ts'
import { Tags } from './tags.ts'

/** The record that an asset was made. */
export const Materialization = z
  .object({
    ...assetRecord,
    durationMs: z
      .number()
      .nullable()
      .meta({ description: 'How long the step took, in milliseconds.', examples: [412] }),
    metadata: Metadata,
    tags: Tags,
    codeVersion: z.string().nullable(),
    dataVersion: z.string().nullable(),
    inputVersions: z
      .record(z.string(), z.string().nullable())
      .nullable()
      .meta({ description: 'Data versions of the upstream assets that it was made from, by key.' }),
  })
  .meta({ id: 'Materialization', description: 'The record that an asset was made.' })
export type Materialization = z.infer<typeof Materialization>

/** Answer of `GET /assets/{key}/materializations`: newest first. */
export const MaterializationPage = pageOf(Materialization).meta({ id: 'MaterializationPage' })
export type MaterializationPage = z.infer<typeof MaterializationPage>
