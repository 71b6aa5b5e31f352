import type { Definitions } from '../definitions/definitions.ts'
import type { IOManager } from '../definitions/io-manager.ts'
import type { ResourcePool } from '../execution/resource-pool.ts'
import type { SecretMask } from '../execution/secret-mask.ts'
import type { MetadataStore } from '../metadata/metadata-store.ts'
import type { DataVersions } from './data-versions.ts'

/** What the activities of one worker share. */
export interface WorkerParts {
  readonly definitions: Definitions
  readonly store: MetadataStore
  /** Names this worker, in records and to Temporal. */
  readonly identity: string
  readonly resources: ResourcePool
  readonly dataVersions: DataVersions
  readonly secrets: SecretMask
  readonly environment: Readonly<Record<string, string | undefined>>
  /** Stores values of assets that name no IO manager. */
  readonly defaultIOManager: IOManager
  /** Says something about the worker itself; the logs of steps go to the store. */
  readonly warn: (message: string, error?: unknown) => void
}
