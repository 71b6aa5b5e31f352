import { z } from 'zod'
import { CheckSeverity } from './asset-check.ts'
import { Json } from './metadata-value.ts'
import { Tags } from './tags.ts'

/** Metadata as a report gives it: plain JSON values, whose kind follows from themselves, or entries that say their kind. */
export const GivenMetadata = z.record(z.string().min(1), Json).meta({
  id: 'GivenMetadata',
  description:
    'Metadata by name: a plain JSON value, or an object with just `type` and `value`, which says its kind (see MetadataEntry). 512 KiB at most.',
  examples: [{ rows: 1461, notes: { type: 'markdown', value: '**late**' } }],
})
export type GivenMetadata = z.infer<typeof GivenMetadata>

/** Longest name of a version or a partition, in characters: what an index of PostgreSQL takes, and a bit less. */
const longestName = 1_000

const partitionKey = z
  .string()
  .min(1)
  .max(longestName)
  .optional()
  .meta({ examples: ['2026-01-31'] })
const dataVersion = z.string().min(1).max(longestName).optional().meta({ description: 'Version of the data.' })
const metadata = GivenMetadata.optional()

/** Body of `POST /assets/{key}/events`. */
export const AssetEvent = z
  .discriminatedUnion('type', [
    z.strictObject({
      type: z.literal('materialization'),
      partitionKey,
      metadata,
      tags: Tags.optional(),
      dataVersion,
      codeVersion: z.string().min(1).max(longestName).optional(),
    }),
    z.strictObject({ type: z.literal('observation'), partitionKey, metadata, tags: Tags.optional(), dataVersion }),
    z.strictObject({
      type: z.literal('check'),
      checkName: z.string().min(1).meta({ description: 'A check that the asset declares.' }),
      passed: z.boolean(),
      severity: CheckSeverity.default('ERROR'),
      description: z.string().optional(),
      partitionKey,
      metadata,
    }),
  ])
  .meta({
    id: 'AssetEvent',
    description: 'An event of an asset that happened outside of every run.',
    examples: [{ type: 'materialization', metadata: { rows: 1461 }, dataVersion: '2026-01-31' }],
  })
export type AssetEvent = z.infer<typeof AssetEvent>
/** The same as it is sent: what has a default may be left out. */
export type AssetEventInput = z.input<typeof AssetEvent>

/** Answer of `POST /assets/{key}/events`. */
export const RecordedAssetEvent = z
  .object({
    id: z.string().meta({ description: 'Of the materialization, observation or check evaluation.' }),
    type: z.enum(['materialization', 'observation', 'check']),
    assetKey: z.string(),
  })
  .meta({ id: 'RecordedAssetEvent' })
export type RecordedAssetEvent = z.infer<typeof RecordedAssetEvent>
