import type { AssetKey } from './asset-key.ts'

/** How a run can stand when a sensor is told of it. */
export type WatchedRunStatus = 'QUEUED' | 'STARTED' | 'SUCCESS' | 'FAILURE' | 'CANCELED'

/** What a sensor is told of, as plain data. */
export type SensorSource =
  /** Nothing: it looks by itself, or waits for events over HTTP. */
  | { readonly kind: 'interval' }
  | { readonly kind: 'assets'; readonly assetKeys: readonly AssetKey[]; readonly observations: boolean }
  | { readonly kind: 'runs'; readonly statuses: readonly WatchedRunStatus[]; readonly jobs: readonly string[] | null }
