import { z } from 'zod'
import { PageQuery, pageOf } from './page.ts'
import { queryOf, repeatable } from './query.ts'
import { RecordedError } from './recorded-error.ts'
import { RunConfig, TemporalReference } from './run.ts'
import { Tags } from './tags.ts'
import { Time } from './time.ts'

/** Where a backfill stands. */
export const BackfillStatus = z.enum(['QUEUED', 'STARTED', 'PAUSED', 'CANCELING', 'SUCCESS', 'FAILURE', 'CANCELED'])
export type BackfillStatus = z.infer<typeof BackfillStatus>

const counts = {
  targeted: z.number().int().meta({ description: 'How many partitions it is to make.' }),
  waiting: z.number().int().meta({ description: 'Not part of a run yet.' }),
  inProgress: z.number().int().meta({ description: 'Part of a run that has not come to them, or is at work on them.' }),
  materialized: z.number().int(),
  failed: z.number().int(),
  skipped: z.number().int().meta({ description: 'Left out, because a partition that they need failed.' }),
}

/** How many partitions of a backfill stand how. */
export const BackfillCounts = z
  .object(counts)
  .meta({ id: 'BackfillCounts', description: 'How many partitions of a backfill stand how. An asset without partitions counts as one.' })
export type BackfillCounts = z.infer<typeof BackfillCounts>

/** How far a backfill is with an asset. */
export const BackfillAsset = z
  .object({ assetKey: z.string(), ...counts })
  .meta({ id: 'BackfillAsset', description: 'How far a backfill is with an asset.' })
export type BackfillAsset = z.infer<typeof BackfillAsset>

/** The making of many partitions of some assets. */
export const Backfill = z
  .object({
    backfillId: z.string(),
    status: BackfillStatus,
    codeLocation: z.string().meta({ examples: ['default'] }),
    snapshotHash: z.string().meta({ description: 'Which version of the definitions it was planned from.' }),
    jobName: z.string().nullable(),
    selection: z.string().meta({ description: 'As it was asked for, in the selection language.', examples: ['daily_orders+'] }),
    assets: z.array(BackfillAsset).meta({ description: 'Each after those it needs.' }),
    totals: BackfillCounts.meta({ description: 'Of all its assets.' }),
    runConfig: RunConfig,
    tags: Tags,
    concurrency: z.number().int().meta({ description: 'How many steps it has at work at a time.' }),
    priority: z.number().int().nullable().meta({ description: "Temporal's: 1 for the most urgent to 5; null for its default." }),
    partitionsPerStep: z
      .number()
      .int()
      .nullable()
      .meta({ description: 'Most partitions that a step carries; null for about a second of work.' }),
    continueOnFailure: z.boolean().meta({ description: 'Whether a partition is made although one that it needs has failed.' }),
    createdAt: Time.meta({ description: 'It makes the partitions that existed then.' }),
    startedAt: z.union([Time, z.null()]),
    endedAt: z.union([Time, z.null()]),
    endReason: z.string().nullable().meta({ description: 'Why it ended, where that was not its own doing.' }),
  })
  .meta({ id: 'Backfill', description: 'The making of many partitions of some assets, in as many runs as it takes.' })
export type Backfill = z.infer<typeof Backfill>

/** Assets of a backfill that are made together. */
export const BackfillStage = z
  .object({
    assetKeys: z.array(z.string()),
    ranges: z
      .array(z.string())
      .meta({ description: 'Their partitions: keys and ranges. None of assets without.', examples: [['2026-01-01...2026-01-31']] }),
    count: z.number().int().meta({ description: 'How many partitions these are; 1 of assets without.' }),
  })
  .meta({ id: 'BackfillStage', description: 'Assets of a backfill with the same partitions, which are made together.' })
export type BackfillStage = z.infer<typeof BackfillStage>

/** Answer of `GET /backfills/{id}`. */
export const BackfillDetail = Backfill.extend({
  stages: z.array(BackfillStage).meta({ description: 'Each after those it needs. What is retried is added behind them.' }),
  waitingFor: z
    .string()
    .nullable()
    .meta({ description: 'What keeps it from going on, where something does.', examples: ['a worker on assetry:default'] }),
  temporal: TemporalReference,
}).meta({ id: 'BackfillDetail', description: 'A backfill with its stages, and where it is found in Temporal.' })
export type BackfillDetail = z.infer<typeof BackfillDetail>

/** Answer of `GET /backfills`: newest first. */
export const BackfillPage = pageOf(Backfill).meta({ id: 'BackfillPage' })
export type BackfillPage = z.infer<typeof BackfillPage>

/** Query of `GET /backfills`. */
export const BackfillQuery = PageQuery.extend({
  status: repeatable(BackfillStatus).meta({ description: 'May be repeated: any of them.', examples: [['STARTED', 'PAUSED']] }),
})
export type BackfillQuery = z.infer<typeof BackfillQuery>

/** Most steps that a backfill can be told to have at work at a time. */
export const maximumConcurrency = 2_000

const Concurrency = z
  .number()
  .int()
  .min(1)
  .max(maximumConcurrency)
  .meta({ description: 'How many steps it has at work at a time.', examples: [100] })

/** Body of `POST /backfills`: a selection or a job, and which partitions. */
export const StartBackfill = z
  .strictObject({
    selection: z
      .string()
      .min(1)
      .optional()
      .meta({ description: 'Which assets, in the selection language.', examples: ['daily_orders+'] }),
    job: z
      .string()
      .min(1)
      .optional()
      .meta({ description: 'Which job.', examples: ['daily_reports'] }),
    partitions: z
      .array(z.string().min(1))
      .min(1)
      .optional()
      .meta({
        description:
          'Keys, and ranges with both ends included, of the assets that need no other partitioned one of the selection. Without it all partitions of all assets.',
        examples: [['2026-01-01...2026-01-31']],
      }),
    runConfig: RunConfig.optional(),
    tags: Tags.optional(),
    concurrency: Concurrency.optional(),
    priority: z.number().int().min(1).max(5).optional().meta({ description: "Temporal's: 1 for the most urgent to 5." }),
    partitionsPerStep: z
      .number()
      .int()
      .min(1)
      .max(1_000)
      .optional()
      .meta({
        description: 'Most partitions that a step carries. Without it about a second of work, learned from recorded times.',
        examples: [1],
      }),
    continueOnFailure: z.boolean().optional().meta({ description: 'Makes a partition although one that it needs has failed.' }),
    codeLocation: z
      .string()
      .min(1)
      .optional()
      .meta({ description: 'Needed where there are several.', examples: ['default'] }),
  })
  .refine((request) => (request.selection === undefined) !== (request.job === undefined), {
    error: 'give either "selection" or "job"',
    path: ['selection'],
  })
  .meta({
    id: 'StartBackfill',
    description: 'What to make: a selection or a job, and which partitions.',
    examples: [{ selection: 'daily_orders+', partitions: ['2026-01-01...2026-01-31'] }],
  })
export type StartBackfill = z.infer<typeof StartBackfill>

/** Body of `PATCH /backfills/{id}`. */
export const ChangeBackfill = z
  .strictObject({ concurrency: Concurrency })
  .meta({ id: 'ChangeBackfill', description: 'What of a backfill can be changed.', examples: [{ concurrency: 20 }] })
export type ChangeBackfill = z.infer<typeof ChangeBackfill>

/** Answer of what pauses, resumes, cancels or retries a backfill. */
export const BackfillAnswer = z.object({ backfillId: z.string(), status: BackfillStatus }).meta({ id: 'BackfillAnswer' })
export type BackfillAnswer = z.infer<typeof BackfillAnswer>

/** A partition that a backfill did not make. */
export const BackfillFailure = z
  .object({
    assetKey: z.string(),
    partitionKey: z.string().nullable().meta({ description: 'Null of an asset without partitions.' }),
    kind: z
      .enum(['FAILED', 'SKIPPED', 'CHECK'])
      .meta({ description: 'SKIPPED: left out because of another. CHECK: it was made, and a blocking check of it did not pass.' }),
    error: z.union([RecordedError, z.null()]),
    because: z.string().nullable().meta({ description: 'SKIPPED: the asset on whose account.' }),
    runId: z.string().nullable().meta({ description: 'Null where it was left out before it was part of a run.' }),
    time: Time,
  })
  .meta({ id: 'BackfillFailure', description: 'A partition that a backfill did not make.' })
export type BackfillFailure = z.infer<typeof BackfillFailure>

/** Answer of `GET /backfills/{id}/failures`: what failed before what was left out. */
export const BackfillFailureList = z.object({ items: z.array(BackfillFailure) }).meta({ id: 'BackfillFailureList' })
export type BackfillFailureList = z.infer<typeof BackfillFailureList>

/** Query of `GET /backfills/{id}/failures`. */
export const BackfillFailureQuery = queryOf({
  limit: z.coerce
    .number()
    .int()
    .min(1)
    .max(10_000)
    .default(100)
    .meta({ description: 'Most entries to return.', examples: [100] }),
})
export type BackfillFailureQuery = z.infer<typeof BackfillFailureQuery>
