import type { AssetKey } from '../../definitions/asset-key.ts'
import type { Metadata } from '../../definitions/metadata-value.ts'
import type { Page, PageRequest } from './page.ts'

/** What a look at an asset found. */
export interface NewObservation {
  readonly assetKey: AssetKey
  readonly partitionKey: string | null
  readonly metadata: Metadata
  readonly tags: Readonly<Record<string, string>>
  readonly dataVersion: string | null
}

export interface Observation extends NewObservation {
  readonly id: string
  readonly runId: string | null
  readonly stepKey: string | null
  readonly time: Date
}

export interface ObservationStore {
  list(assetKey: AssetKey, page: PageRequest): Promise<Page<Observation>>
  ofRun(runId: string): Promise<readonly Observation[]>
}
