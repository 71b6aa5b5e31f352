import { z } from 'zod'
import { PageQuery, pageOf } from './page.ts'
import { queryOf } from './query.ts'
import { InstigatorStatus, Target, Tick } from './tick.ts'

/** Something that looks, or is told, and starts runs. */
export const Sensor = z
  .object({
    name: z.string(),
    codeLocation: z.string(),
    description: z.string().nullable(),
    target: Target,
    status: InstigatorStatus,
    byDefault: z.boolean().meta({ description: 'Nobody has started or stopped it: its definition says so.' }),
    reason: z.string().nullable().meta({ description: 'Why it has that status, where nobody has asked for it.' }),
    cursor: z.string().nullable(),
    minimumIntervalMs: z.number().nullable().meta({ description: 'Null where it is evaluated only when it is told of something.' }),
    takesEvents: z.boolean().meta({ description: 'Whether it takes events over HTTP.' }),
    waitingEvents: z.number().int().meta({ description: 'Events that no tick has taken.' }),
    failures: z.number().int().meta({ description: 'Ticks in a row that failed.' }),
    lastTick: z.union([Tick, z.null()]),
  })
  .meta({ id: 'Sensor', description: 'Something that looks, or is told, and starts runs.' })
export type Sensor = z.infer<typeof Sensor>

/** A page of sensors, by name. */
export const SensorPage = pageOf(Sensor).meta({ id: 'SensorPage' })
export type SensorPage = z.infer<typeof SensorPage>

/** Query of `GET /sensors`. */
export const SensorQuery = PageQuery

/** Query of what is about one schedule or sensor. */
export const LocationQuery = queryOf({
  codeLocation: z
    .string()
    .optional()
    .meta({ description: 'Needed where several have one of this name.', examples: ['default'] }),
})

/** Body of `PUT /sensors/{name}/cursor`. */
export const SetCursor = z.strictObject({ cursor: z.string().nullable() }).meta({ id: 'SetCursor' })
export type SetCursor = z.infer<typeof SetCursor>

/** Body of `POST /sensors/{name}/preview`. */
export const PreviewSensor = z
  .strictObject({
    cursor: z.string().nullable().optional().meta({ description: 'The cursor it begins with; the one it has, where none is given.' }),
    events: z.array(z.unknown()).max(100).optional().meta({ description: 'What it is given as events.' }),
  })
  .meta({ id: 'PreviewSensor' })
export type PreviewSensor = z.infer<typeof PreviewSensor>

/** Answer of `POST /sensors/{name}/events`. */
export const ReceivedEvents = z
  .object({
    events: z.array(z.object({ id: z.string(), created: z.boolean().meta({ description: 'False where it had come before.' }) })),
    sensorStatus: InstigatorStatus.meta({ description: 'One that is STOPPED takes its events when it is started.' }),
  })
  .meta({ id: 'ReceivedEvents', description: 'Events that are kept for the sensor.' })
export type ReceivedEvents = z.infer<typeof ReceivedEvents>
