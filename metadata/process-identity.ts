import { readFile } from 'node:fs/promises'

/** Which process a pid meant when it was written down: pids are used again. */
export interface ProcessIdentity {
  readonly pid: number
  /** When it started, in the kernel's ticks since boot, and which boot; null where the system doesn't say (not Linux). */
  readonly started: string | null
}

/** The identity of a live process; `started` is null also for one that is gone. */
export async function identityOf(pid: number): Promise<ProcessIdentity> {
  return { pid, started: (await startOf(pid)) ?? null }
}

/** Whether that very process still runs. */
export async function isAlive(identity: ProcessIdentity): Promise<boolean> {
  if (!answers(identity.pid)) return false
  if (identity.started === null) return true
  return (await startOf(identity.pid)) === identity.started
}

function answers(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    // EPERM: it is there, and another user's.
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}

/** Undefined where there is no such process, or only what is left of it until its parent asks (a zombie). */
async function startOf(pid: number): Promise<string | undefined> {
  if (process.platform !== 'linux') return undefined
  try {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8')
    // "pid (name) state …": the name may hold anything, so count from its end. Field 3 is the state, 22 the start.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    if (fields[0] === 'Z' || fields[0] === 'X') return undefined
    const boot = await readFile('/proc/sys/kernel/random/boot_id', 'utf8')
    return `${fields[19]}@${boot.trim()}`
  } catch {
    return undefined
  }
}
