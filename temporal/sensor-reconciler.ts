import { createHash } from 'node:crypto'
import type { Client } from '@temporalio/client'
import pMap from 'p-map'
import type { MetadataStore } from '../metadata/metadata-store.ts'
import type { SensorSnapshot } from '../planning/sensor-snapshot.ts'
import { keepSensorWorkflow, wakeSensor } from './sensor-workflow.ts'

/** Starts in flight at a time: beyond 50 an overloaded server loses one now and then. */
const startsAtATime = 20

/**
 * Makes the workflows of a code location's sensors what its newest definitions and the store say: those that are at work have
 * one, those that were renamed keep their cursor, those for which events wait are woken. One that is stopped or gone ends by
 * itself. May run anywhere, any number of times.
 */
export async function reconcileSensors(parts: {
  readonly store: MetadataStore
  readonly client: Client
  readonly codeLocation: string
}): Promise<void> {
  const { store, client, codeLocation } = parts
  const location = (await store.codeLocations.list()).find(({ name }) => name === codeLocation)
  const sensors = location?.snapshot.sensors ?? []
  if (sensors.length === 0) return
  await rename(store, codeLocation, sensors)
  const known = new Map(
    (await store.instigators.list(codeLocation)).filter(({ kind }) => kind === 'SENSOR').map((each) => [each.name, each]),
  )
  const running = sensors.filter(({ name, defaultStatus }) => (known.get(name)?.status ?? defaultStatus) === 'RUNNING')
  await pMap(running, (sensor) => keepSensorWorkflow(client, { codeLocation, name: sensor.name, waitMs: firstWaitMs(sensor) }), {
    concurrency: startsAtATime,
  })
  const waited = (await store.sensorEvents.counts()).filter((each) => each.codeLocation === codeLocation)
  const waiting = new Set(waited.map(({ name }) => name))
  for (const { name } of running) if (waiting.has(name)) await wakeSensor(client, codeLocation, name)
}

/** Sensors that start together are spread over their interval, so that they don't all look in the same moment. */
function firstWaitMs({ name, minimumIntervalMs }: SensorSnapshot): number {
  if (minimumIntervalMs === null) return 0
  const place = createHash('sha256').update(name).digest().readUInt32BE() / 2 ** 32
  return Math.floor(Math.min(minimumIntervalMs, longestSpreadMs) * place)
}

/** Nobody waits longer than this for the first look of a sensor. Unit: milliseconds. */
const longestSpreadMs = 5_000

async function rename(store: MetadataStore, codeLocation: string, sensors: readonly SensorSnapshot[]): Promise<void> {
  const names = new Set(sensors.map(({ name }) => name))
  for (const { name, renamedFrom } of sensors) {
    if (renamedFrom === null || names.has(renamedFrom)) continue
    await store.instigators.rename({ codeLocation, kind: 'SENSOR', name: renamedFrom }, name)
  }
}
