import { z } from 'zod'
import { queryOf } from './query.ts'
import { Time } from './time.ts'

/** A number of an asset's metadata, as one materialization had it. */
export const MetadataPoint = z
  .object({
    materializationId: z.string(),
    runId: z.string().nullable(),
    partitionKey: z.string().nullable(),
    time: Time,
    value: z.number(),
  })
  .meta({ id: 'MetadataPoint' })
export type MetadataPoint = z.infer<typeof MetadataPoint>

/** Answer of `GET /assets/{key}/metadata/{name}`. */
export const MetadataSeries = z
  .object({ assetKey: z.string(), name: z.string(), points: z.array(MetadataPoint).meta({ description: 'Oldest first.' }) })
  .meta({ id: 'MetadataSeries', description: "A number of an asset's metadata over time." })
export type MetadataSeries = z.infer<typeof MetadataSeries>

/** Most points that one series can have. */
export const maximumPointCount = 1_000

/** Query of `GET /assets/{key}/metadata/{name}`. */
export const MetadataSeriesQuery = queryOf({
  limit: z.coerce
    .number()
    .int()
    .min(1)
    .max(maximumPointCount)
    .default(100)
    .meta({ description: 'How many of the newest materializations that have it.', examples: [100] }),
})
export type MetadataSeriesQuery = z.infer<typeof MetadataSeriesQuery>
