import { z } from 'zod'
import { pageOf } from './page.ts'
import { queryOf } from './query.ts'
import { InstigatorStatus, Target, Tick } from './tick.ts'
import { Time } from './time.ts'

/** When a schedule ticks. */
export const ScheduleTiming = z
  .discriminatedUnion('kind', [
    z.object({ kind: z.literal('cron'), crons: z.array(z.string()), timezone: z.string() }),
    z.object({ kind: z.literal('interval'), everyMs: z.number(), offsetMs: z.number() }),
  ])
  .meta({
    id: 'ScheduleTiming',
    description: 'When a schedule ticks: by cron expressions in a time zone, or after an interval counted from 1970.',
  })
export type ScheduleTiming = z.infer<typeof ScheduleTiming>

/** Something that starts runs at times that are known before. */
export const Schedule = z
  .object({
    name: z.string(),
    codeLocation: z.string(),
    description: z.string().nullable(),
    target: Target,
    timing: ScheduleTiming,
    isPartitioned: z.boolean().meta({ description: 'Whether each tick asks for the partition whose window has closed.' }),
    status: InstigatorStatus,
    byDefault: z.boolean().meta({ description: 'Nobody has started or stopped it: its definition says so.' }),
    note: z.string().nullable().meta({ description: 'Who or what has started or stopped it, as far as it is known.' }),
    nextTicks: z.array(Time).meta({ description: 'Also of one that is stopped.' }),
    overlap: z.enum(['allow', 'skip', 'bufferOne', 'bufferAll', 'cancelOther', 'terminateOther']),
    catchupWindowMs: z.number(),
    missedTicks: z.enum(['latest', 'all']),
    jitterMs: z.number(),
    pauseOnFailure: z.boolean(),
    lastTick: z.union([Tick, z.null()]),
  })
  .meta({ id: 'Schedule', description: 'Something that starts runs at times that are known before.' })
export type Schedule = z.infer<typeof Schedule>

/** A page of schedules, by name. */
export const SchedulePage = pageOf(Schedule).meta({ id: 'SchedulePage' })
export type SchedulePage = z.infer<typeof SchedulePage>

/** Query of `POST /schedules/{name}/preview`. */
export const SchedulePreviewQuery = queryOf({
  codeLocation: z
    .string()
    .optional()
    .meta({ description: 'Needed where several have one of this name.', examples: ['default'] }),
  at: Time.optional().meta({
    description: 'The time that the tick is for; the next one, where none is given.',
    examples: ['2026-01-31T06:00:00Z'],
  }),
})
