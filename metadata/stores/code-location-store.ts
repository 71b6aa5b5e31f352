import type { Snapshot } from '../../planning/snapshot.ts'

export interface CodeLocation {
  readonly name: string
  readonly snapshotHash: string
  readonly snapshot: Snapshot
  readonly registeredAt: Date
}

export interface CodeLocationStore {
  /** Keeps the snapshot (once by its hash) and makes it the location's current one. Returns the hash. */
  register(name: string, snapshot: Snapshot): Promise<string>
  /** Current snapshots of all locations, by name. */
  list(): Promise<readonly CodeLocation[]>
  /** Names and hashes only: cheap enough for every request. */
  current(): Promise<readonly { readonly name: string; readonly snapshotHash: string }[]>
}
