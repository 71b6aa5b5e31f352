import { z } from 'zod'
import { Materialization } from './materialization.ts'
import { Json, Metadata } from './metadata-value.ts'
import { PageQuery, pageOf } from './page.ts'
import { Tags } from './tags.ts'
import { Time } from './time.ts'

/** The newest that is known of an asset. */
export const AssetStatus = z
  .object({
    status: z.enum(['NEVER_MATERIALIZED', 'MATERIALIZED', 'FAILED']).meta({ description: 'How its newest step ended.' }),
    lastRunId: z.string().nullable(),
    updatedAt: z.union([Time, z.null()]),
    materializationCount: z.number().int(),
    lastMaterialization: z.union([Materialization, z.null()]),
    inProgressRunId: z.string().nullable().meta({ description: 'The run that makes it at this moment; null where there is none.' }),
  })
  .meta({ id: 'AssetStatus', description: 'The newest that is known of an asset.' })
export type AssetStatus = z.infer<typeof AssetStatus>

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

/** The config an asset takes. */
export const AssetConfig = z
  .object({
    acceptsNone: z.boolean().meta({ description: 'Whether a run may leave its config out.' }),
    jsonSchema: z.union([Json, z.null()]).meta({ description: 'JSON Schema of the config; null where its schema has none.' }),
  })
  .meta({ id: 'AssetConfig' })
export type AssetConfig = z.infer<typeof AssetConfig>

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
    retries: z.union([RetryPolicy, z.null()]),
    timeoutMs: z.number().nullable(),
    heartbeatTimeoutMs: z.number().nullable(),
    config: z.union([AssetConfig, z.null()]).meta({ description: 'Null where it takes no config.' }),
    latest: AssetStatus,
  })
  .meta({ id: 'Asset', description: 'An asset: what the code says of it, and the newest that is known.' })
export type Asset = z.infer<typeof Asset>

/** Answer of `GET /assets/{key}`. */
export const AssetDetail = Asset.extend({
  downstreamKeys: z.array(z.string()),
  jobNames: z.array(z.string()).meta({ description: 'Jobs that select it.' }),
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
