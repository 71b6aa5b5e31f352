import type { AssetKey } from './asset-key.ts'
import type { AnyAsset } from './asset.ts'
import type { DynamicallyPartitioned } from './dynamically-partitioned.ts'
import type { Logger } from './logger.ts'
import type { MetadataInput } from './metadata-value.ts'

/** An event that came over HTTP. */
export interface ReceivedEvent<TEvent = unknown> {
  /** Names it for good: the idempotency key that it came with, else one that it was given. */
  readonly id: string
  readonly receivedAt: Date
  readonly event: TEvent
}

/** What a function that is evaluated at a tick gets: of a schedule or a sensor. */
export interface TickContext<TResources = Readonly<Record<string, unknown>>> {
  /** Names the tick in its history. An evaluation that is repeated because its worker was lost has the same one. */
  readonly tickId: string
  /** What the definition's `resources` were made into, by the names it asked for them. */
  readonly resources: TResources
  /** Kept with the tick. */
  readonly log: Logger
  /** Aborted when the evaluation's time is up, or its worker shuts down. */
  readonly signal: AbortSignal
  /** When this evaluation began. */
  readonly now: Date
}

/** What every sensor's function gets. */
export interface AnySensorContext<TResources = Readonly<Record<string, unknown>>> extends TickContext<TResources> {
  readonly sensorName: string
  /** What the sensor has last been told to remember; undefined where that is nothing. */
  readonly cursor: string | undefined
  /** Remembers a text for the next tick. It is kept together with the requests of this tick, or not at all. */
  readonly updateCursor: (cursor: string) => void
  /** When the tick before this one ended; undefined for the first. */
  readonly lastTickAt: Date | undefined
  /** The newest run key of the sensor. */
  readonly lastRunKey: string | undefined
  /** Adds keys to dynamic partitions, before the runs of this tick begin. */
  readonly addPartitions: (partitions: DynamicallyPartitioned, keys: readonly string[]) => void
  /** Takes keys of dynamic partitions away. */
  readonly removePartitions: (partitions: DynamicallyPartitioned, keys: readonly string[]) => void
  /** Records that an asset was materialized elsewhere. */
  readonly reportMaterialization: (asset: AnyAsset | AssetKey, facts?: ReportedFacts) => void
}

/** What is known of a materialization that happened elsewhere. */
export interface ReportedFacts {
  readonly partitionKey?: string
  readonly metadata?: Readonly<Record<string, MetadataInput>>
  readonly dataVersion?: string
  readonly tags?: Readonly<Record<string, string>>
}

/** The parameter of a sensor's `evaluate`. */
export interface SensorContext<TEvent = unknown, TResources = Readonly<Record<string, unknown>>> extends AnySensorContext<TResources> {
  /** What has come over HTTP since the last tick, oldest first, checked by the sensor's `events` schema. */
  readonly events: readonly TEvent[]
  /** The same, with what is known of each. */
  readonly received: readonly ReceivedEvent<TEvent>[]
}
