import { type Branded, hasKind, kindOf } from './brand.ts'
import type { AssetResources, ResourceClients } from './computation.ts'
import { requireFunction } from './computation-options.ts'
import type { ConfigOf, ConfigSchema } from './config.ts'
import { type Duration, milliseconds } from './duration.ts'
import type { SensorContext } from './sensor-context.ts'
import { type AnySensor, anySensor, type AnySensorOptions } from './sensor-options.ts'
import type { TickItems } from './tick-outcome.ts'
import { type WebhookSignature, signatureOption, type WebhookSignatureSpec } from './webhook-signature.ts'

/** What a sensor's function may return beside items: several things at once. */
export interface SensorResult {
  readonly runRequests?: TickItems
  /** Remembered for the next tick; the same as `context.updateCursor`. */
  readonly cursor?: string
}

/** What a sensor's function returns. */
export type SensorReturn = TickItems | SensorResult

/** What {@link sensor} takes. */
export interface SensorOptions<TEvents extends ConfigSchema, TResources extends AssetResources> extends AnySensorOptions<TResources> {
  /**
   * Time from the beginning of one evaluation to that of the next. A sensor with `events` is evaluated when one has come, and
   * by time only where it names an interval.
   *
   * @default 30 seconds, Dagster's
   */
  readonly minimumInterval?: Duration
  /** Checks events that come over HTTP, and types `context.events`. Without it the sensor takes none. */
  readonly events?: TEvents
  /** Most events of one evaluation. @default 100 */
  readonly eventsPerTick?: number
  /** How senders of events prove who they are. @default the server's own token, if it has one */
  readonly signature?: WebhookSignature
  /** Looks, and returns or yields `runRequest(…)` or `skip(…)`, or `{ runRequests, cursor }`. */
  readonly evaluate: (
    context: SensorContext<ConfigOf<TEvents>, ResourceClients<TResources>>,
  ) => SensorReturn | void | Promise<SensorReturn | void>
}

/** Something that looks, or is told, and starts runs. */
export interface Sensor<TEvent = unknown> extends Branded<'sensor'>, AnySensor {
  /** Null where it is evaluated only when it is told of something. Unit: milliseconds. */
  readonly minimumIntervalMs: number | null
  readonly events: ConfigSchema | undefined
  readonly eventsPerTick: number
  readonly signature: WebhookSignatureSpec | undefined
  /** Gets a context of its kind. */
  readonly evaluate: (context: never) => unknown
  /** Only for types. */
  readonly eventType?: TEvent
}

/** Least time between two evaluations. Unit: milliseconds. */
const leastIntervalMs = 1_000
const defaultInterval: Duration = '30 seconds'
const defaultEventsPerTick = 100

/**
 * Declares a sensor: a function that is evaluated regularly, or when events have come over HTTP, and asks for runs.
 *
 * @example
 * ```ts
 * const uploads = sensor({
 *   name: 'uploads',
 *   job: ingest,
 *   events: z.object({ id: z.string(), path: z.string() }),
 *   evaluate: ({ events }) => events.map(({ id, path }) => runRequest({ runKey: id, runConfig: { assets: { raw: { path } } } })),
 * })
 * ```
 * @throws `INVALID_NAME`, `INVALID_OPTION`, `METADATA_INVALID`
 */
export function sensor<TEvents extends ConfigSchema = ConfigSchema<never>, const TResources extends AssetResources = {}>(
  options: SensorOptions<TEvents, TResources>,
): Sensor<ConfigOf<TEvents>> {
  const common = anySensor(options)
  const owner = `sensor "${common.name}"`
  requireFunction(owner, 'evaluate', options.evaluate)
  return {
    [kindOf]: 'sensor',
    ...common,
    minimumIntervalMs: intervalOption(owner, options.minimumInterval, options.events),
    events: options.events,
    eventsPerTick: options.eventsPerTick ?? defaultEventsPerTick,
    signature: signatureOption(owner, options.signature),
    evaluate: options.evaluate,
  }
}

export function isSensor(value: unknown): value is Sensor {
  return hasKind(value, 'sensor')
}

function intervalOption(owner: string, minimumInterval: Duration | undefined, events: ConfigSchema | undefined): number | null {
  if (minimumInterval === undefined && events !== undefined) return null
  return milliseconds(minimumInterval ?? defaultInterval, `${owner}: minimumInterval`, leastIntervalMs)
}
