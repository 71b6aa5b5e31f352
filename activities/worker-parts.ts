import type { Definitions } from '../definitions/definitions.ts'
import type { IOManager } from '../definitions/io-manager.ts'
import type { ResourcePool } from '../execution/resource-pool.ts'
import type { SecretMask } from '../execution/secret-mask.ts'
import type { OutputLine } from '../execution/step-output.ts'
import type { MetadataStore } from '../metadata/metadata-store.ts'
import type { Snapshot } from '../planning/snapshot.ts'
import type { DataVersions } from './data-versions.ts'

/** What the activities of one worker share. */
export interface WorkerParts {
  readonly definitions: Definitions
  /** What of the definitions can be written down. */
  readonly snapshot: Snapshot
  /** Names that snapshot, as the store does. */
  readonly snapshotHash: string
  readonly store: MetadataStore
  /** Names this worker, in records and to Temporal. */
  readonly identity: string
  readonly resources: ResourcePool
  readonly dataVersions: DataVersions
  readonly secrets: SecretMask
  readonly environment: Readonly<Record<string, string | undefined>>
  /** Stores values of assets that name no IO manager. */
  readonly defaultIOManager: IOManager
  /** Told of each line that the code of a step writes, secrets taken out; it is in the run's log by then. */
  readonly onOutput: (line: OutputLine) => void
  /** Says something about the worker itself; the logs of steps go to the store. */
  readonly warn: (message: string, error?: unknown) => void
}
