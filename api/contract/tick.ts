import { z } from 'zod'
import { PageQuery, pageOf } from './page.ts'
import { repeatable } from './query.ts'
import { RecordedError } from './recorded-error.ts'
import { LogLine } from './run-event.ts'
import { RunConfig } from './run.ts'
import { Tags } from './tags.ts'
import { Time } from './time.ts'

/** Whether a schedule or a sensor is at work. */
export const InstigatorStatus = z.enum(['RUNNING', 'STOPPED'])
export type InstigatorStatus = z.infer<typeof InstigatorStatus>

/** What a schedule or a sensor starts. */
export const Target = z
  .object({
    jobs: z.array(z.string()).meta({ description: 'Jobs that its run requests may be for.', examples: [['ingest']] }),
    selection: z.string().nullable().meta({ description: 'Assets without a job, in the selection language.' }),
  })
  .meta({ id: 'Target', description: 'What a schedule or a sensor starts.' })
export type Target = z.infer<typeof Target>

/** How a tick came out. */
export const TickStatus = z.enum(['STARTED', 'SUCCESS', 'SKIPPED', 'FAILURE'])
export type TickStatus = z.infer<typeof TickStatus>

/** One evaluation of a schedule or a sensor. */
export const Tick = z
  .object({
    tickId: z.string(),
    kind: z.enum(['SCHEDULE', 'SENSOR']),
    name: z.string(),
    codeLocation: z.string(),
    status: TickStatus.meta({ description: 'SUCCESS asked for runs, SKIPPED for none that were new.' }),
    scheduledAt: z.union([Time, z.null()]).meta({ description: 'Of a schedule: the time that it is for.' }),
    startedAt: Time,
    endedAt: z.union([Time, z.null()]),
    cursorBefore: z.string().nullable(),
    cursorAfter: z.string().nullable(),
    skipReason: z.string().nullable(),
    error: z.union([RecordedError, z.null()]),
    requests: z.number().int().meta({ description: 'How many runs it asked for.' }),
    duplicates: z.number().int().meta({ description: 'How many of these had a run key that came before.' }),
    events: z.number().int().meta({ description: 'How many events it took.' }),
  })
  .meta({ id: 'Tick', description: 'One evaluation of a schedule or a sensor.' })
export type Tick = z.infer<typeof Tick>

/** What came of a run request. */
export const RunRequest = z
  .object({
    runKey: z.string().nullable(),
    status: z
      .enum(['PENDING', 'LAUNCHED', 'DUPLICATE', 'FAILED'])
      .meta({ description: 'DUPLICATE: its run key came before. FAILED: it could not be launched.' }),
    job: z.string().nullable(),
    selection: z.string().nullable(),
    partitionKey: z.string().nullable(),
    partitions: z.array(z.string()).nullable().meta({ description: 'Of a request for a backfill.' }),
    runConfig: RunConfig,
    tags: Tags,
    runId: z.string().nullable().meta({ description: 'Of a duplicate that of the request before.' }),
    backfillId: z.string().nullable(),
    error: z.union([RecordedError, z.null()]),
  })
  .meta({ id: 'RunRequest', description: 'What a tick asked for, and what came of it.' })
export type RunRequest = z.infer<typeof RunRequest>

/** Answer of `GET /ticks/{id}`. */
export const TickDetail = Tick.extend({ runRequests: z.array(RunRequest), logs: z.array(LogLine) }).meta({
  id: 'TickDetail',
  description: 'A tick with what it asked for and what its function logged.',
})
export type TickDetail = z.infer<typeof TickDetail>

/** A page of ticks. */
export const TickPage = pageOf(Tick).meta({ id: 'TickPage' })
export type TickPage = z.infer<typeof TickPage>

/** Query of lists of ticks. */
export const TickQuery = PageQuery.extend({
  codeLocation: z
    .string()
    .optional()
    .meta({ description: 'Needed where several have one of this name.', examples: ['default'] }),
  status: repeatable(TickStatus).meta({ description: 'May be repeated: any of them.', examples: [['FAILURE']] }),
})

/** What a tick would come to. */
export const TickPreview = z
  .object({
    scheduledAt: z.union([Time, z.null()]),
    requests: z.array(
      z.object({
        runKey: z.string().nullable(),
        request: z.record(z.string(), z.unknown()),
        findings: z.array(z.object({ code: z.string(), message: z.string(), path: z.string().optional() })),
      }),
    ),
    skipReason: z.string().nullable(),
    cursor: z.string().nullable(),
    error: z.union([
      z.object({ name: z.string(), message: z.string(), stack: z.string().nullable(), code: z.string().nullable() }),
      z.null(),
    ]),
    logs: z.array(z.object({ time: Time, level: z.string(), message: z.string() })),
  })
  .meta({ id: 'TickPreview', description: 'What a tick would come to. Nothing of it is kept.' })
export type TickPreview = z.infer<typeof TickPreview>
