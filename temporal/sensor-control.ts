import { type Client, isGrpcServiceError } from '@temporalio/client'
import type { MetadataStore } from '../metadata/metadata-store.ts'
import type { SensorSnapshot } from '../planning/sensor-snapshot.ts'
import type { Snapshot } from '../planning/snapshot.ts'
import type { PreviewTickInput, TickPreview } from '../workflows/tick-preview.ts'
import { allLocated, located } from './located.ts'
import { previewTick } from './tick-preview.ts'
import { startSensorWorkflow, wakeSensor } from './sensor-workflow.ts'

/** A sensor as the newest definitions of its code location have it. */
export interface LocatedSensor {
  readonly codeLocation: string
  readonly sensor: SensorSnapshot
}

/** Steers sensors. */
export interface SensorControl {
  /** All sensors of all code locations, by name. */
  list(): Promise<readonly LocatedSensor[]>
  /** @throws `UNKNOWN_SENSOR` */
  find(name: string, codeLocation?: string): Promise<LocatedSensor>
  start(sensor: LocatedSensor): Promise<void>
  stop(sensor: LocatedSensor): Promise<void>
  /** Gives it back to its definition: its default status holds again. */
  reset(sensor: LocatedSensor): Promise<void>
  /** Puts another cursor in place, null for none. */
  setCursor(sensor: LocatedSensor, cursor: string | null): Promise<void>
  /** Keeps events for the sensor and wakes it. Resolves when they are durable. In their order: whether each is new. */
  receive(
    sensor: LocatedSensor,
    events: readonly { readonly key: string; readonly event: unknown }[],
  ): Promise<readonly { readonly key: string; readonly created: boolean }[]>
  /** What a tick would come to, asked of a worker. @throws `NO_WORKER` */
  preview(sensor: LocatedSensor, options: Pick<PreviewTickInput, 'cursor' | 'events'>): Promise<TickPreview>
}

export function createSensorControl({ store, client }: { readonly store: MetadataStore; readonly client: Client }): SensorControl {
  const nameOf = ({ codeLocation, sensor }: LocatedSensor) => ({ codeLocation, kind: 'SENSOR' as const, name: sensor.name })
  const wake = ({ codeLocation, sensor }: LocatedSensor): Promise<void> => unlessAway(() => wakeSensor(client, codeLocation, sensor.name))
  return {
    list: () => allLocated(store, sensorKind),
    find: (name, codeLocation) => located(store, sensorKind, { name, codeLocation }),
    start: async (sensor) => {
      await store.instigators.setStatus(nameOf(sensor), 'RUNNING')
      await unlessAway(() => startSensorWorkflow(client, { codeLocation: sensor.codeLocation, name: sensor.sensor.name }))
    },
    stop: async (sensor) => {
      await store.instigators.setStatus(nameOf(sensor), 'STOPPED')
      await wake(sensor)
    },
    reset: async (sensor) => {
      await store.instigators.setStatus(nameOf(sensor), null)
      const { codeLocation, sensor: it } = sensor
      if (it.defaultStatus === 'STOPPED') await wake(sensor)
      else await unlessAway(() => startSensorWorkflow(client, { codeLocation, name: it.name }))
    },
    setCursor: async (sensor, cursor) => {
      await store.instigators.setCursor(nameOf(sensor), cursor)
      await wake(sensor)
    },
    receive: async (sensor, events) => {
      const received = await store.sensorEvents.receive({ codeLocation: sensor.codeLocation, name: sensor.sensor.name }, events)
      await wake(sensor)
      return received
    },
    preview: (sensor, options) =>
      previewTick(
        client,
        { kind: 'SENSOR', codeLocation: sensor.codeLocation, name: sensor.sensor.name, ...options },
        sensor.sensor.timeoutMs,
      ),
  }
}

const sensorKind = {
  what: 'sensor',
  unknown: 'UNKNOWN_SENSOR',
  of: ({ sensors = [] }: Snapshot, codeLocation: string) => sensors.map((sensor) => ({ codeLocation, sensor })),
  nameOf: ({ sensor }: LocatedSensor) => sensor.name,
} as const

/** What is recorded counts: a worker's reconciler tells the sensor as soon as Temporal answers again. */
async function unlessAway(tell: () => Promise<void>): Promise<void> {
  try {
    await tell()
  } catch (error) {
    if (!isGrpcServiceError(error)) throw error
  }
}
