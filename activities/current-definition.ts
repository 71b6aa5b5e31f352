import { ApplicationFailure } from '@temporalio/common'
import type { Snapshot } from '../planning/snapshot.ts'
import type { WorkerParts } from './worker-parts.ts'

/** Between two tries of a worker whose definitions are not the newest. Unit: milliseconds. */
const retryForOthersMs = 1_000

/**
 * Whether a schedule or a sensor is still there: the newest definitions of its code location decide, not those of the worker that
 * happens to be asked. Where only the newest have it, another worker is given time to take the work.
 *
 * @param has - whether a snapshot has it
 */
export async function isStillDefined(
  { store, snapshot, snapshotHash }: Pick<WorkerParts, 'store' | 'snapshot' | 'snapshotHash'>,
  codeLocation: string,
  has: (snapshot: Snapshot) => boolean,
): Promise<boolean> {
  const current = (await store.codeLocations.current()).find(({ name }) => name === codeLocation)
  if (current === undefined) return false
  if (current.snapshotHash === snapshotHash) return has(snapshot)
  const location = (await store.codeLocations.list()).find(({ name }) => name === codeLocation)
  if (location === undefined || !has(location.snapshot)) return false
  if (has(snapshot)) return true
  throw ApplicationFailure.create({
    message: "this worker's definitions have no such schedule or sensor",
    type: 'NotDefinedHere',
    nextRetryDelay: retryForOthersMs,
  })
}
