import type { LatestRecord } from '../definitions/check-context.ts'

/** The newest that is known of an asset. */
export interface AssetHistory {
  readonly latestMaterialization: LatestRecord | undefined
  readonly latestObservation: LatestRecord | undefined
  /** When its data version became the one it has. */
  readonly dataVersionAt: Date | undefined
}
