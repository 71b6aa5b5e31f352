import type { Snapshot } from '../planning/snapshot.ts'
import { contentHash } from './content-hash.ts'

/** Names a snapshot by what it says: the same for the same content, in whatever order keys were written. */
export function snapshotHash(snapshot: Snapshot): string {
  return contentHash(snapshot)
}
