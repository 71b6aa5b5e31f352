import { z } from 'zod'
import { CheckEvaluation } from './asset-check.ts'
import { Materialization } from './materialization.ts'
import { Observation } from './observation.ts'
import { PageQuery, pageOf } from './page.ts'
import { repeatable } from './query.ts'
import { RecordedError } from './recorded-error.ts'
import { SkipReason } from './run-event.ts'
import { Tags } from './tags.ts'
import { Time } from './time.ts'

/** Where a run stands. */
export const RunStatus = z.enum(['QUEUED', 'STARTED', 'CANCELING', 'SUCCESS', 'FAILURE', 'CANCELED'])
export type RunStatus = z.infer<typeof RunStatus>

/** Where a step stands. WAITING: its turn has not come. */
export const StepStatus = z.enum(['WAITING', 'STARTED', 'UP_FOR_RETRY', 'SUCCESS', 'FAILURE', 'SKIPPED', 'CANCELED'])
export type StepStatus = z.infer<typeof StepStatus>

/** The config of one run, by name. */
export const RunConfig = z
  .strictObject({
    assets: z.record(z.string(), z.unknown()).optional(),
    ops: z.record(z.string(), z.unknown()).optional(),
    resources: z.record(z.string(), z.unknown()).optional(),
  })
  .meta({ id: 'RunConfig', description: 'The config of one run, by name.', examples: [{ assets: { filtered_sales: { minScore: 85 } } }] })
export type RunConfig = z.infer<typeof RunConfig>

/** One carrying-out of a selection of assets. */
export const Run = z
  .object({
    runId: z.string(),
    status: RunStatus,
    codeLocation: z.string().meta({ examples: ['default'] }),
    snapshotHash: z.string().meta({ description: 'Which version of the definitions it was planned from.' }),
    jobName: z.string().nullable(),
    selection: z.string().meta({ description: 'As it was asked for, in the selection language.', examples: ['+daily_report'] }),
    assetKeys: z.array(z.string()).meta({ description: 'The assets that it makes or observes.' }),
    stepCount: z.number().int().meta({ description: 'Steps of its plan; a mapped op counts once.' }),
    partitionKey: z.string().nullable().meta({ description: 'Of a run of one partition.' }),
    partitions: z
      .array(z.string())
      .nullable()
      .meta({ description: 'Of a run that makes many partitions: their keys and ranges.', examples: [['2026-01-01...2026-01-31']] }),
    backfillId: z.string().nullable().meta({ description: 'The backfill that it is part of.' }),
    runConfig: RunConfig,
    tags: Tags,
    createdAt: Time,
    startedAt: z.union([Time, z.null()]),
    endedAt: z.union([Time, z.null()]),
    endReason: z.string().nullable().meta({ description: 'Why it ended, where that was not its own doing.' }),
  })
  .meta({ id: 'Run', description: 'One carrying-out of a selection of assets.' })
export type Run = z.infer<typeof Run>

/** What a step does. */
export const StepKind = z.enum(['materialize', 'op', 'check', 'observe'])
export type StepKind = z.infer<typeof StepKind>

/** A step of a run: what it does for one asset, multi-asset, op, check or observation. */
export const RunStep = z
  .object({
    stepKey: z.string(),
    kind: StepKind,
    assetKey: z.string().nullable().meta({
      description:
        'The asset that it makes, checks or observes, or whose graph it is part of; null for the ops of a job and for a multi-asset.',
    }),
    assetKeys: z
      .array(z.string())
      .meta({ description: 'The assets that it is about: several for a multi-asset, none for the ops of a job.' }),
    status: StepStatus,
    attempt: z.number().int().meta({ description: 'Starts so far; 0 while it waits.' }),
    failures: z.number().int().meta({ description: 'Attempts whose own code failed.' }),
    losses: z.number().int().meta({ description: 'Attempts whose worker was lost.' }),
    worker: z.string().nullable(),
    startedAt: z.union([Time, z.null()]),
    endedAt: z.union([Time, z.null()]),
    durationMs: z.number().nullable().meta({ description: 'From its start to its end, in milliseconds; null until it ends.' }),
    error: z.union([RecordedError, z.null()]),
    because: z.string().nullable().meta({ description: 'SKIPPED: the step on whose account.' }),
    why: SkipReason.nullable().meta({ description: 'SKIPPED: whether that step failed, or left out the output that this one needs.' }),
  })
  .meta({ id: 'RunStep', description: 'A step of a run: what it does for one asset, multi-asset, op, check or observation.' })
export type RunStep = z.infer<typeof RunStep>

/** Where a run is found in Temporal. */
export const TemporalReference = z
  .object({
    workflowId: z.string().meta({ examples: ['run:0199c1c4-3f0e-7cc4-a6f4-3d8f0c6f1f3a'] }),
    namespace: z.string().meta({ examples: ['default'] }),
    url: z.string().nullable().meta({ description: "Its page in Temporal's Web UI; null where the API doesn't know of one." }),
  })
  .meta({ id: 'TemporalReference' })
export type TemporalReference = z.infer<typeof TemporalReference>

/** Answer of `GET /runs/{id}`. */
export const RunDetail = Run.extend({
  steps: z.array(RunStep).meta({ description: 'In the order of the plan; those of a mapped op as far as they have begun, by their keys.' }),
  materializations: z.array(Materialization),
  observations: z.array(Observation),
  checks: z.array(CheckEvaluation).meta({ description: 'What its checks found.' }),
  waitingFor: z
    .string()
    .nullable()
    .meta({
      description: 'What keeps it from going on, where something does.',
      examples: ['a worker on assetry:default'],
    }),
  temporal: TemporalReference,
}).meta({ id: 'RunDetail', description: 'A run with its steps and what it made.' })
export type RunDetail = z.infer<typeof RunDetail>

/** Answer of `GET /runs`: newest first. */
export const RunPage = pageOf(Run).meta({ id: 'RunPage' })
export type RunPage = z.infer<typeof RunPage>

/** Body of `POST /runs`: a selection or a job. */
export const StartRun = z
  .strictObject({
    selection: z
      .string()
      .min(1)
      .optional()
      .meta({ description: 'Which assets, in the selection language.', examples: ['+daily_report'] }),
    job: z
      .string()
      .min(1)
      .optional()
      .meta({ description: 'Which job.', examples: ['daily_reports'] }),
    partitionKey: z.string().min(1).optional(),
    partitions: z
      .array(z.string().min(1))
      .min(1)
      .optional()
      .meta({
        description: 'Keys and ranges `a...b` of partitions that one run makes, 10,000 at most; more are a backfill.',
        examples: [['2026-01-01...2026-01-31']],
      }),
    runConfig: RunConfig.optional(),
    tags: Tags.optional(),
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
  .meta({ id: 'StartRun', description: 'What to run: a selection or a job.', examples: [{ selection: '+daily_report' }] })
export type StartRun = z.infer<typeof StartRun>

/** Answer of `POST /runs/{id}/cancel`. */
export const CancelAnswer = z.object({ runId: z.string(), status: RunStatus }).meta({ id: 'CancelAnswer' })
export type CancelAnswer = z.infer<typeof CancelAnswer>

/** Query of `GET /runs`. Filters add up; `status` and `tag` may be repeated. */
export const RunQuery = PageQuery.extend({
  status: repeatable(RunStatus).meta({ description: 'May be repeated: any of them.', examples: [['QUEUED', 'STARTED']] }),
  job: z
    .string()
    .min(1)
    .optional()
    .meta({ examples: ['daily_reports'] }),
  asset: z
    .string()
    .min(1)
    .optional()
    .meta({ description: 'Runs that make this asset.', examples: ['raw/orders'] }),
  backfill: z
    .string()
    .min(1)
    .optional()
    .meta({ description: 'Runs of this backfill.', examples: ['5b1f7a52-0c56-4f0c-9d5e-8a3c1d2b7e90'] }),
  tag: repeatable(z.string().regex(/^[^:]+:/, 'must be "key:value"')).meta({
    description: '`key:value`. May be repeated: all of them.',
    examples: [['team:weather']],
  }),
})
export type RunQuery = z.infer<typeof RunQuery>
