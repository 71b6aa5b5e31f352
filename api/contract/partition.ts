import { z } from 'zod'
import { PageQuery, pageOf } from './page.ts'
import { Time } from './time.ts'

const timeSpec = {
  start: z.string().meta({ description: 'No window starts before it.', examples: ['2026-01-01T00:00:00Z'] }),
  end: z.string().nullable().meta({ description: 'No window ends after it.' }),
  timezone: z.string().meta({ examples: ['Europe/Berlin'] }),
  format: z.string().meta({ description: "How a window's start is written as its key.", examples: ['%Y-%m-%d'] }),
  endOffset: z.number().int().meta({ description: 'How many windows exist beyond those that are over.' }),
  exclusions: z.array(z.string()).meta({ description: 'Windows that are left out: cron expressions, and starts.' }),
}

const dimensionSpecs = [
  z.object({
    kind: z.enum(['daily', 'weekly', 'monthly']),
    ...timeSpec,
    hourOffset: z.number().int(),
    minuteOffset: z.number().int(),
    dayOffset: z.number().int(),
  }),
  z.object({ kind: z.literal('hourly'), ...timeSpec, minuteOffset: z.number().int() }),
  z.object({ kind: z.literal('cron'), ...timeSpec, cron: z.string() }),
  z.object({ kind: z.literal('static'), keys: z.array(z.string()) }),
  z.object({ kind: z.literal('dynamic'), name: z.string() }),
] as const

/** Partitions of several dimensions: keys have a part of each, `|` between them. */
const Combinations = z.object({
  kind: z.literal('multi'),
  dimensions: z
    .array(z.object({ name: z.string(), spec: z.discriminatedUnion('kind', dimensionSpecs) }))
    .meta({ description: 'In the order of the parts of a key, which have `|` between them.' }),
})

/** What the partitions of an asset are. */
export const Partitions = z
  .discriminatedUnion('kind', [...dimensionSpecs, Combinations])
  .meta({ id: 'Partitions', description: 'What the partitions of an asset are.' })
export type Partitions = z.infer<typeof Partitions>

/** How a partition stands. */
export const PartitionState = z.enum(['MISSING', 'IN_PROGRESS', 'MATERIALIZED', 'FAILED', 'OBSERVED'])
export type PartitionState = z.infer<typeof PartitionState>

/** A partition of an asset, and the newest that is known of it. */
export const AssetPartition = z
  .object({
    key: z.string().meta({ examples: ['2026-01-31'] }),
    status: PartitionState.meta({ description: 'IN_PROGRESS: a run is at work on it. Else how its newest step ended.' }),
    window: z
      .union([z.object({ start: Time, end: Time }), z.null()])
      .meta({ description: 'From start to before end; null where partitions are no windows of time.' }),
    lastRunId: z.string().nullable().meta({ description: 'The run at work on it, else the one that its status is from.' }),
    lastMaterializedAt: z.union([Time, z.null()]),
    dataVersion: z.string().nullable(),
  })
  .meta({ id: 'AssetPartition', description: 'A partition of an asset, and the newest that is known of it.' })
export type AssetPartition = z.infer<typeof AssetPartition>

/** How many partitions of an asset stand how. */
export const PartitionCounts = z
  .object({
    total: z.number().int().meta({ description: 'How many there are by now.' }),
    materialized: z.number().int(),
    failed: z.number().int(),
    missing: z.number().int().meta({ description: 'Neither materialized, observed nor failed.' }),
    inProgress: z.number().int().meta({ description: 'Those that a run is at work on; they are counted above, too.' }),
  })
  .meta({ id: 'PartitionCounts', description: 'How many partitions of an asset stand how.' })
export type PartitionCounts = z.infer<typeof PartitionCounts>

/** Answer of `GET /assets/{key}/partitions`: newest first. */
export const AssetPartitionPage = pageOf(AssetPartition)
  .extend({ partitions: Partitions, counts: PartitionCounts })
  .meta({ id: 'AssetPartitionPage' })
export type AssetPartitionPage = z.infer<typeof AssetPartitionPage>

/** Query of `GET /assets/{key}/partitions`. */
export const AssetPartitionQuery = PageQuery
export type AssetPartitionQuery = PageQuery
