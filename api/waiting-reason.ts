import type { BackfillStatus } from '../metadata/stores/backfill-store.ts'
import type { RunStatus } from '../metadata/stores/run-store.ts'
import { taskQueueOf } from '../workflows/names.ts'
import type { ApiParts } from './api-parts.ts'
import { workerPresence } from './worker-presence.ts'

/** What keeps a run or a backfill from going on, where something does. */
export async function waitingReason(
  { launcher }: ApiParts,
  { status, codeLocation }: { readonly status: RunStatus | BackfillStatus; readonly codeLocation: string },
): Promise<string | null> {
  if (status !== 'QUEUED' && status !== 'STARTED' && status !== 'CANCELING') return null
  const present = await workerPresence(launcher, codeLocation)
  if (present === null) return 'Temporal, which does not answer'
  return present ? null : `a worker on ${taskQueueOf(codeLocation)}`
}
