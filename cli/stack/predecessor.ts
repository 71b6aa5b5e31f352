import { setTimeout as wait } from 'node:timers/promises'
import { isAlive, type ProcessIdentity } from '../../metadata/process-identity.ts'
import type { StackState } from './stack-state.ts'

/** Time in which the processes of a killed stack end by themselves: they notice within moments that their owner is gone. Unit: milliseconds. */
const patienceMs = 12_000

/**
 * Waits until what a killed stack left behind is gone, and ends what isn't: two servers on one database would lose data,
 * and a worker that still runs could do a step twice.
 */
export async function outlive(predecessor: StackState): Promise<void> {
  const processes = [predecessor.temporal, predecessor.store, ...predecessor.workers.map((worker) => worker.process)].filter(
    (process) => process !== undefined,
  )
  await Promise.all(processes.map(outliveProcess))
}

async function outliveProcess(identity: ProcessIdentity): Promise<void> {
  const deadline = Date.now() + patienceMs
  while (await isAlive(identity)) {
    if (Date.now() > deadline) {
      // Without a start time the pid may be a stranger's by now: it is not ours to end.
      if (identity.started === null) return
      kill(identity.pid)
    }
    await wait(50)
  }
}

/** The pid is known to be the process that was written down, not a later one of the same number. */
function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}
