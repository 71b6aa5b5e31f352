import type { AssetKey } from '../../definitions/asset-key.ts'
import type { FreshnessState } from '../../planning/freshness.ts'
import type { Page, PageRequest } from './page.ts'

/** When assets were last updated, as it stood at a moment. */
export interface LastUpdates {
  /** The moment, by the store's own clock, which the times of all records are by. */
  readonly at: Date
  /** By key; those that were never updated are not in it. */
  readonly updates: ReadonlyMap<AssetKey, Date>
}

/** How an asset was found. */
export interface FoundFreshness {
  readonly assetKey: AssetKey
  readonly state: FreshnessState
  /** When it came to this; null where that isn't known. */
  readonly since: Date | null
  /** Hash of the policy that says so. */
  readonly policyHash: string
  /** In words. */
  readonly reason: string
}

/** How an asset was last found. */
export interface RecordedFreshness extends Pick<FoundFreshness, 'state' | 'policyHash'> {
  readonly since: Date
}

/** A change of how fresh an asset is. */
export interface FreshnessEvent {
  readonly id: string
  readonly assetKey: AssetKey
  /** Null for the first state that was found. */
  readonly from: FreshnessState | null
  readonly to: FreshnessState
  /** When it changed, which may be before that was found out. */
  readonly time: Date
  readonly reason: string
}

/** How fresh assets are by their policies, and how that changed. */
export interface FreshnessStore {
  /**
   * When these assets were last updated: by a materialization, of any partition, or by an observation that found other data than
   * the one before it, or named no version of it.
   */
  lastUpdates(assetKeys: readonly AssetKey[]): Promise<LastUpdates>
  /** How these assets were last found, by key; those that never were are not in it. */
  states(assetKeys: readonly AssetKey[]): Promise<ReadonlyMap<AssetKey, RecordedFreshness>>
  /**
   * Records how assets were found at a moment, and an event for each whose state has changed. Nothing happens to those whose
   * state is the recorded one, or of which a later finding is recorded.
   */
  record(at: Date, found: readonly FoundFreshness[]): Promise<void>
  /** How the state of an asset changed, newest first. */
  events(assetKey: AssetKey, page: PageRequest): Promise<Page<FreshnessEvent>>
}
