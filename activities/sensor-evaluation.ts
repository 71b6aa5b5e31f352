import type { Definitions } from '../definitions/definitions.ts'
import type { ReceivedEvent } from '../definitions/sensor-context.ts'
import type { Sensor } from '../definitions/sensor.ts'
import { checkConfig } from '../execution/schema-check.ts'
import { evaluateTick } from '../execution/tick-evaluation.ts'
import type { TickItemsGathered } from '../execution/tick-items.ts'
import { findingsError } from '../definitions/errors.ts'
import type { WaitingEvent } from '../metadata/stores/sensor-event-store.ts'
import type { TickOutcome } from '../metadata/stores/tick-store.ts'
import { recordedError } from './recorded-error.ts'
import { SensorChanges } from './sensor-changes.ts'
import type { TickScribe } from './tick-scribe.ts'
import type { WorkerParts } from './worker-parts.ts'

/** What an evaluation of a sensor begins with. */
export interface SensorEvaluationOptions {
  readonly parts: Pick<WorkerParts, 'resources' | 'secrets'> & { readonly definitions: Definitions }
  readonly sensor: Sensor
  readonly tickId: string
  readonly scribe: TickScribe
  readonly signal: AbortSignal
  readonly cursor: string | null
  readonly lastTickAt: Date | null
  readonly lastRunKey: string | null
  readonly waiting: readonly WaitingEvent[]
}

/** What an evaluation of a sensor came to. */
export interface SensorEvaluation {
  readonly items: TickItemsGathered
  readonly changes: SensorChanges
  readonly cursor: string | undefined
  readonly refused: NonNullable<TickOutcome['refused']>
}

/** Calls a sensor's function with the events that its schema accepts. @throws what the function throws, `TICK_TIMED_OUT`, `TICK_RESULT_INVALID` */
export async function evaluatedSensor(options: SensorEvaluationOptions): Promise<SensorEvaluation> {
  const { parts, sensor, tickId, scribe, signal, cursor, lastTickAt, lastRunKey } = options
  const changes = new SensorChanges(tickId)
  const { received, refused } = await acceptedEvents(options)
  const { definitions, resources } = parts
  const { log, output } = scribe
  const owner = `sensor "${sensor.name}"`
  const host = { definitions, resources, tickId, owner, instigator: sensor, log, output, signal, now: new Date() }
  const items = await evaluateTick(host, (base) =>
    sensor.evaluate({
      ...base,
      ...changes.methods,
      sensorName: sensor.name,
      cursor: cursor ?? undefined,
      lastTickAt: lastTickAt ?? undefined,
      lastRunKey: lastRunKey ?? undefined,
      events: received.map(({ event }) => event),
      received,
    } as never),
  )
  return { items, changes, cursor: items.cursor ?? changes.cursor, refused }
}

/** An event that the schema refuses would be refused for ever: it is put aside with its error, and the others go on. */
async function acceptedEvents({ parts, sensor, waiting }: SensorEvaluationOptions): Promise<{
  readonly received: readonly ReceivedEvent[]
  readonly refused: NonNullable<TickOutcome['refused']>
}> {
  const received: ReceivedEvent[] = []
  const refused: NonNullable<TickOutcome['refused']>[number][] = []
  for (const { number, key, event, receivedAt } of waiting) {
    const checked = await checkConfig(sensor.events, event, 'event')
    if ('findings' in checked) {
      const error = findingsError('EVENT_INVALID', `Event "${key}" does not fit the schema of sensor "${sensor.name}"`, checked.findings)
      refused.push({ number, error: { ...recordedError(error, parts.secrets), stack: null } })
    } else {
      received.push({ id: key, receivedAt, event: checked.value })
    }
  }
  return { received, refused }
}
