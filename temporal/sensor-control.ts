import { randomUUID } from 'node:crypto'
import { type Client, isGrpcServiceError, WorkflowFailedError } from '@temporalio/client'
import { AssetryError } from '../definitions/errors.ts'
import { didYouMean } from '../definitions/nearest.ts'
import type { MetadataStore } from '../metadata/metadata-store.ts'
import type { SensorSnapshot } from '../planning/sensor-snapshot.ts'
import { previewTickWorkflowType, taskQueueOf } from '../workflows/names.ts'
import type { PreviewTickInput, TickPreview } from '../workflows/tick-preview.ts'
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
    list: () => sensors(store),
    find: async (name, codeLocation) => found(await sensors(store), name, codeLocation),
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

/** Time beside the function's own for a preview: to find a worker, and to say what came of it. Unit: milliseconds. */
const previewMarginMs = 20_000

/** Asks a worker what a tick would come to. @throws `NO_WORKER` */
export async function previewTick(client: Client, input: PreviewTickInput, timeoutMs: number): Promise<TickPreview> {
  const taskQueue = taskQueueOf(input.codeLocation)
  try {
    return await client.workflow.execute<(input: PreviewTickInput) => Promise<TickPreview>>(previewTickWorkflowType, {
      workflowId: `preview:${randomUUID()}`,
      taskQueue,
      workflowRunTimeout: timeoutMs + previewMarginMs,
      args: [input],
    })
  } catch (error) {
    if (!(error instanceof WorkflowFailedError)) throw error
    throw new AssetryError(
      'NO_WORKER',
      `"${input.name}" could not be evaluated: no worker of the code location "${input.codeLocation}" has answered. Start one: assetry worker`,
      { facts: { taskQueue }, cause: error },
    )
  }
}

async function sensors(store: MetadataStore): Promise<readonly LocatedSensor[]> {
  const locations = await store.codeLocations.list()
  return locations
    .flatMap(({ name, snapshot }) => (snapshot.sensors ?? []).map((sensor) => ({ codeLocation: name, sensor })))
    .toSorted((one, other) => Number(placeOf(one) > placeOf(other)) - Number(placeOf(one) < placeOf(other)))
}

function found(all: readonly LocatedSensor[], name: string, codeLocation: string | undefined): LocatedSensor {
  const named = all.filter((each) => each.sensor.name === name && (codeLocation === undefined || each.codeLocation === codeLocation))
  const [only, another] = named
  if (only !== undefined && another === undefined) return only
  const names = all.map((each) => each.sensor.name)
  const where = named.map((each) => each.codeLocation)
  throw new AssetryError(
    'UNKNOWN_SENSOR',
    only === undefined
      ? `There is no sensor ${JSON.stringify(name)}. ${didYouMean(name, 'sensors', names)}`
      : `Several code locations have a sensor "${name}": ${where.join(', ')}. Name one of them.`,
    { facts: { name, names } },
  )
}

/** Compared by code units, as cursors of lists are. */
function placeOf({ sensor, codeLocation }: LocatedSensor): string {
  return `${sensor.name} ${codeLocation}`
}

/** What is recorded counts: a worker's reconciler tells the sensor as soon as Temporal answers again. */
async function unlessAway(tell: () => Promise<void>): Promise<void> {
  try {
    await tell()
  } catch (error) {
    if (!isGrpcServiceError(error)) throw error
  }
}
