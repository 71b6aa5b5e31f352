import { z } from 'zod'
import { CheckSeverity } from './asset-check.ts'
import { Metadata } from './metadata-value.ts'
import { queryOf } from './query.ts'
import { RecordedError } from './recorded-error.ts'
import { Tags } from './tags.ts'
import { Time } from './time.ts'

/** What an entry of a run's log says. */
export const RunEventType = z.enum([
  'RUN_QUEUED',
  'RUN_STARTED',
  'RUN_CANCELING',
  'RUN_SUCCESS',
  'RUN_FAILURE',
  'RUN_CANCELED',
  'STEP_START',
  'STEP_WORKER_LOST',
  'STEP_UP_FOR_RETRY',
  'STEP_REQUEUED',
  'STEP_FAILURE',
  'STEP_SKIPPED',
  'STEP_CANCELED',
  'STEP_SUCCESS',
  'ASSET_MATERIALIZATION',
  'ASSET_OBSERVATION',
  'ASSET_CHECK_EVALUATION',
  'LOG',
])
export type RunEventType = z.infer<typeof RunEventType>

/** Why a step was skipped: the one before it failed, or ended well without the output that this one needs. */
export const SkipReason = z.enum(['failed', 'missing'])
export type SkipReason = z.infer<typeof SkipReason>

/** A line that user code wrote: by `context.log`, by `console`, or to stdout or stderr. */
export const LogLine = z
  .object({
    time: Time,
    level: z.enum(['debug', 'info', 'warn', 'error']),
    source: z
      .enum(['log', 'console', 'stdout', 'stderr'])
      // Lines that were logged before there was another way don't say.
      .default('log')
      .meta({ description: 'By what it was written: `context.log`, a method of `console`, or a write to stdout or stderr.' }),
    message: z.string(),
    fields: z.record(z.string(), z.unknown()).nullable(),
  })
  .meta({ id: 'LogLine' })
export type LogLine = z.infer<typeof LogLine>

/** What goes with an entry; which fields there are follows from its type. */
export const RunEventData = z
  .looseObject({
    error: z.union([RecordedError, z.null()]).optional().meta({ description: 'STEP_FAILURE, STEP_UP_FOR_RETRY.' }),
    retryInMs: z.number().nullable().optional().meta({ description: 'STEP_UP_FOR_RETRY: time until the next attempt.' }),
    reason: z.string().nullable().optional().meta({ description: 'STEP_REQUEUED and the end of a run: why.' }),
    because: z.string().nullable().optional().meta({ description: 'STEP_SKIPPED: the step on whose account.' }),
    why: SkipReason.nullable().optional().meta({ description: 'STEP_SKIPPED: what that step did.' }),
    durationMs: z.number().nullable().optional(),
    worker: z.string().nullable().optional(),
    metadata: Metadata.optional().meta({
      description: 'ASSET_MATERIALIZATION, ASSET_OBSERVATION, ASSET_CHECK_EVALUATION; STEP_SUCCESS of an op.',
    }),
    tags: Tags.optional(),
    codeVersion: z.string().nullable().optional(),
    dataVersion: z.string().nullable().optional(),
    inputVersions: z
      .record(z.string(), z.string().nullable())
      .nullable()
      .optional()
      .meta({ description: 'ASSET_MATERIALIZATION: data versions of what it was made from.' }),
    checkName: z.string().optional().meta({ description: 'ASSET_CHECK_EVALUATION; so are the five after it.' }),
    passed: z.boolean().optional(),
    severity: CheckSeverity.optional(),
    blocking: z.boolean().optional(),
    description: z.string().nullable().optional(),
    materializationId: z.string().nullable().optional(),
    lines: z.array(LogLine).optional().meta({ description: 'LOG.' }),
  })
  .meta({ id: 'RunEventData', description: 'What goes with an entry, by its type.' })
export type RunEventData = z.infer<typeof RunEventData>

/** One entry of a run's log. */
export const RunEvent = z
  .object({
    seq: z
      .number()
      .int()
      .meta({ description: '1, 2, 3 … in a run, without gaps.', examples: [4] }),
    type: RunEventType,
    time: Time,
    stepKey: z.string().nullable(),
    assetKey: z.string().nullable(),
    partitionKey: z.string().nullable(),
    attempt: z.number().int().nullable(),
    data: RunEventData,
  })
  .meta({ id: 'RunEvent', description: "One entry of a run's log." })
export type RunEvent = z.infer<typeof RunEvent>

/** Answer of `GET /runs/{id}/events` as JSON, oldest first. */
export const RunEventList = z
  .object({
    items: z.array(RunEvent),
    ended: z.boolean().meta({ description: 'True when the run has ended and these are its last entries: there will be no more.' }),
  })
  .meta({ id: 'RunEventList' })
export type RunEventList = z.infer<typeof RunEventList>

/** Most entries that one answer of `GET /runs/{id}/events` can have. */
export const maximumEventCount = 1_000

/** Query of `GET /runs/{id}/events`. */
export const RunEventQuery = queryOf({
  after: z.coerce
    .number()
    .int()
    .min(0)
    .default(0)
    .meta({ description: 'Only entries with a greater `seq`.', examples: [0] }),
  limit: z.coerce
    .number()
    .int()
    .min(1)
    .max(maximumEventCount)
    .default(maximumEventCount)
    .meta({ description: 'Most entries to return. A stream has no limit.', examples: [maximumEventCount] }),
  logs: z
    .enum(['true', 'false'])
    .default('true')
    .meta({ description: '`false` leaves LOG out.', examples: ['true'] }),
})
export type RunEventQuery = z.infer<typeof RunEventQuery>
