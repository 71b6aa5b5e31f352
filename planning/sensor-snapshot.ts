import type { Json, Metadata } from '../definitions/metadata-value.ts'
import type { Sensor } from '../definitions/sensor.ts'
import type { InstigatorStatus, RunKeyPolicy } from '../definitions/sensor-options.ts'
import type { Target } from '../definitions/target.ts'
import type { WebhookSignatureSpec } from '../definitions/webhook-signature.ts'
import { configSnapshotOf } from './config-snapshot.ts'
import { sortedByName } from './sorted-by-name.ts'

/** What can be written down about a sensor. */
export interface SensorSnapshot {
  readonly name: string
  readonly description: string | null
  readonly target: Target
  readonly tags: Readonly<Record<string, string>>
  readonly metadata: Metadata
  /** Names of the resources it asks for. */
  readonly resources: readonly string[]
  /** Null where it is evaluated only when it is told of something. */
  readonly minimumIntervalMs: number | null
  readonly timeoutMs: number
  readonly defaultStatus: InstigatorStatus
  readonly runKeys: RunKeyPolicy
  readonly stopAfterErrors: number | null
  /** Null where it takes no events over HTTP. */
  readonly events: { readonly jsonSchema: Json | null; readonly perTick: number; readonly signature: WebhookSignatureSpec | null } | null
  readonly renamedFrom: string | null
}

/** What can be written down about a sensor. */
export async function sensorSnapshot(sensor: Sensor): Promise<SensorSnapshot> {
  const events = await configSnapshotOf(sensor.events)
  return {
    name: sensor.name,
    description: sensor.description ?? null,
    target: sensor.target,
    tags: sortedByName(sensor.tags),
    metadata: sortedByName(sensor.metadata),
    resources: [...new Set(Object.values(sensor.resources).map(({ name }) => name))],
    minimumIntervalMs: sensor.minimumIntervalMs,
    timeoutMs: sensor.timeoutMs,
    defaultStatus: sensor.defaultStatus,
    runKeys: sensor.runKeys,
    stopAfterErrors: sensor.stopAfterErrors ?? null,
    events: events && { jsonSchema: events.jsonSchema, perTick: sensor.eventsPerTick, signature: sensor.signature ?? null },
    renamedFrom: sensor.renamedFrom ?? null,
  }
}
