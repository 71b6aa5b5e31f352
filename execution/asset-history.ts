import type { Metadata } from '../definitions/metadata-value.ts'

/** The newest materialization or observation of an asset, as a check sees it. */
export interface PastEvent {
  readonly time: Date
  readonly metadata: Metadata
  readonly dataVersion: string | null
}

/** The newest that is known of an asset. */
export interface AssetHistory {
  readonly materialization: PastEvent | undefined
  readonly observation: PastEvent | undefined
}
