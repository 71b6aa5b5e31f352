import type { MetadataStore } from '../metadata/metadata-store.ts'
import type { BackfillLauncher } from '../temporal/backfill-launcher.ts'
import type { RunLauncher } from '../temporal/run-launcher.ts'
import type { ScheduleControl } from '../temporal/schedule-control.ts'
import type { SensorControl } from '../temporal/sensor-control.ts'
import type { Catalog } from './catalog.ts'
import type { ErrorLog } from './error-response.ts'

/** What routes are made from. */
export interface ApiParts {
  readonly store: MetadataStore
  readonly launcher: RunLauncher
  readonly backfills: BackfillLauncher
  readonly schedules: ScheduleControl
  readonly sensors: SensorControl
  /** The current definitions of all code locations. */
  readonly catalog: () => Promise<Catalog>
  readonly version: string
  readonly namespace: string
  /** Address of Temporal's Web UI; null where there is none. */
  readonly temporalUiUrl: string | null
  readonly log: ErrorLog
}
