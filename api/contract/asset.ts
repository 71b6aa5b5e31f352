import { z } from 'zod'
import { AssetCheck } from './asset-check.ts'
import { AssetHealth } from './asset-health.ts'
import { Freshness } from './freshness.ts'
import { Graph } from './graph.ts'
import { Materialization } from './materialization.ts'
import { Metadata } from './metadata-value.ts'
import { Observation } from './observation.ts'
import { PageQuery, pageOf } from './page.ts'
import { Partitions } from './partition.ts'
import { PartitionMapping, TimeWindowMapping } from './partition-mapping.ts'
import { RetryPolicy, StepConfig } from './step-config.ts'
import { Staleness } from './staleness.ts'
import { Tags } from './tags.ts'
import { Time } from './time.ts'

/** How the newest step of an asset came out. */
export const AssetState = z.enum(['NEVER_MATERIALIZED', 'MATERIALIZED', 'FAILED', 'OBSERVED'])
export type AssetState = z.infer<typeof AssetState>

/** How the data of an asset comes to be. */
export const AssetOrigin = z.enum(['function', 'multi-asset', 'graph', 'external', 'observable'])
export type AssetOrigin = z.infer<typeof AssetOrigin>

/** The newest that is known of an asset. */
export const AssetStatus = z
  .object({
    status: AssetState.meta({
      description: 'How its newest step ended. OBSERVED: it was never materialized, and its newest observation succeeded.',
    }),
    lastRunId: z.string().nullable().meta({ description: 'Null where it never ran, or the newest was reported from outside.' }),
    updatedAt: z.union([Time, z.null()]),
    materializationCount: z.number().int(),
    lastMaterialization: z.union([Materialization, z.null()]),
    lastObservation: z.union([Observation, z.null()]),
    dataVersion: z.string().nullable().meta({ description: 'Version of its data, as far as it is known.' }),
    dataVersionAt: z
      .union([Time, z.null()])
      .meta({ description: 'When the data became that version: the same version again does not change it.' }),
    inProgressRunId: z.string().nullable().meta({ description: 'The run that makes it at this moment; null where there is none.' }),
  })
  .meta({ id: 'AssetStatus', description: 'The newest that is known of an asset.' })
export type AssetStatus = z.infer<typeof AssetStatus>

/** An asset: what the code says of it, and the newest that is known. */
export const Asset = z
  .object({
    key: z.string().meta({ examples: ['raw/orders'] }),
    codeLocation: z.string().meta({ examples: ['default'] }),
    group: z.string().meta({ examples: ['default'] }),
    description: z.string().nullable(),
    owners: z.array(z.string()),
    tags: Tags,
    kinds: z.array(z.string()),
    metadata: Metadata,
    codeVersion: z.string().nullable(),
    inputs: z.array(z.object({ name: z.string(), key: z.string() })).meta({ description: 'Upstream assets whose values it gets.' }),
    upstreamKeys: z.array(z.string()).meta({ description: 'All upstream assets, loaded or not.' }),
    resources: z.array(z.string()),
    ioManager: z.string(),
    partitions: z.union([Partitions, z.null()]).meta({ description: 'What its partitions are; null where it has none.' }),
    partitionMappings: z
      .record(z.string(), PartitionMapping)
      .meta({ description: 'Which partitions of upstream assets it needs, by their keys, where that is not the one with the same key.' }),
    selfMapping: z
      .union([TimeWindowMapping, z.null()])
      .meta({ description: 'Which earlier partitions of itself a partition needs; null where it needs none.' }),
    retries: z.union([RetryPolicy, z.null()]),
    timeoutMs: z.number().nullable(),
    heartbeatTimeoutMs: z.number().nullable(),
    config: z.union([StepConfig, z.null()]).meta({ description: 'Null where it takes no config.' }),
    origin: AssetOrigin.meta({ description: 'How its data comes to be.' }),
    multiAsset: z.union([z.object({ name: z.string(), subsettable: z.boolean(), optional: z.literal(true).optional() }), z.null()]).meta({
      description:
        'The multi-asset that makes it. `subsettable`: a run may make some of its assets without the others. `optional`: its function may leave it out.',
    }),
    checks: z.array(AssetCheck).meta({ description: 'By name.' }),
    staleness: Staleness,
    freshness: z.union([Freshness, z.null()]).meta({ description: 'Null where it has no freshness policy.' }),
    health: AssetHealth,
    latest: AssetStatus,
  })
  .meta({ id: 'Asset', description: 'An asset: what the code says of it, and the newest that is known.' })
export type Asset = z.infer<typeof Asset>

/** Answer of `GET /assets/{key}`. */
export const AssetDetail = Asset.extend({
  downstreamKeys: z.array(z.string()),
  jobNames: z.array(z.string()).meta({ description: 'Jobs that select it.' }),
  graph: z.union([Graph, z.null()]).meta({ description: 'The ops that make it; null where none do.' }),
}).meta({ id: 'AssetDetail', description: 'An asset with its place in the graph.' })
export type AssetDetail = z.infer<typeof AssetDetail>

/** Answer of `GET /assets`: by key. */
export const AssetPage = pageOf(Asset).meta({ id: 'AssetPage' })
export type AssetPage = z.infer<typeof AssetPage>

/** Query of `GET /assets`. Filters add up. */
export const AssetQuery = PageQuery.extend({
  select: z
    .string()
    .min(1)
    .optional()
    .meta({ description: 'In the selection language; a blank is `%20`.', examples: ['group:reports'] }),
  group: z
    .string()
    .min(1)
    .optional()
    .meta({ description: 'A group, and the groups nested in it.', examples: ['reports'] }),
  kind: z
    .string()
    .min(1)
    .optional()
    .meta({ examples: ['duckdb'] }),
})
export type AssetQuery = z.infer<typeof AssetQuery>
