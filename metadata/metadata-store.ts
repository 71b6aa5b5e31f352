import type { BackfillStore } from './stores/backfill-store.ts'
import type { CheckStore } from './stores/check-store.ts'
import type { CodeLocationStore } from './stores/code-location-store.ts'
import type { DynamicPartitionStore } from './stores/dynamic-partition-store.ts'
import type { EventStore } from './stores/event-store.ts'
import type { InstigatorStore } from './stores/instigator-store.ts'
import type { FreshnessStore } from './stores/freshness-store.ts'
import type { MaterializationStore } from './stores/materialization-store.ts'
import type { ObservationStore } from './stores/observation-store.ts'
import type { PartitionStore } from './stores/partition-store.ts'
import type { ReportStore } from './stores/report-store.ts'
import type { RunStore } from './stores/run-store.ts'
import type { SensorEventStore } from './stores/sensor-event-store.ts'
import type { StepStore } from './stores/step-store.ts'
import type { TickStore } from './stores/tick-store.ts'

/**
 * What has happened: runs, steps, events, materializations, and the snapshots of the code that made them. On PostgreSQL,
 * or embedded (PGlite). Every write is one statement, so that a killed process leaves it done or not done; every write
 * may be repeated.
 */
export interface MetadataStore {
  readonly runs: RunStore
  readonly steps: StepStore
  readonly backfills: BackfillStore
  readonly events: EventStore
  readonly materializations: MaterializationStore
  readonly partitions: PartitionStore
  readonly dynamicPartitions: DynamicPartitionStore
  readonly observations: ObservationStore
  readonly checks: CheckStore
  readonly freshness: FreshnessStore
  readonly reports: ReportStore
  readonly codeLocations: CodeLocationStore
  readonly instigators: InstigatorStore
  readonly ticks: TickStore
  readonly sensorEvents: SensorEventStore
  /** @throws `STORE_UNREACHABLE` */
  ping(): Promise<void>
  close(): Promise<void>
}
