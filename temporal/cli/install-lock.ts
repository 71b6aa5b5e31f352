import { readFile, rm, stat, writeFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'

/** What waiting for another process's install may be told. */
export interface LockWait {
  readonly signal: AbortSignal
  /** Called each time the lock is found taken, with the process that has it. */
  readonly onWait: (ownerPid: number) => void
  /** Milliseconds between two looks. @default 500 */
  readonly interval?: number
}

/** Age after which a lock counts as forgotten, whoever has its pid by now. Unit: milliseconds; an install ends within 20 minutes. */
const forgottenAfter = 25 * 60_000

/**
 * Runs `work` while holding a lock file, so that two processes do not compile the same thing side by side. It saves
 * work and is not what keeps the cache whole: that is the rename of a finished binary. So two owners after a crash in the
 * wrong moment do no harm.
 */
export async function withInstallLock<TResult>(path: string, wait: LockWait, work: () => Promise<TResult>): Promise<TResult> {
  while (!(await take(path))) await waitForOwner(path, wait)
  try {
    return await work()
  } finally {
    await rm(path, { force: true })
  }
}

async function take(path: string): Promise<boolean> {
  try {
    await writeFile(path, String(process.pid), { flag: 'wx' })
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
}

async function waitForOwner(path: string, wait: LockWait): Promise<void> {
  const owner = await ownerOf(path)
  if (owner === undefined) {
    await rm(path, { force: true })
    return
  }
  wait.onWait(owner)
  await sleep(wait.interval ?? 500, undefined, { signal: wait.signal })
}

/** The live process that holds the lock; undefined where it is dead, or the lock forgotten. */
async function ownerOf(path: string): Promise<number | undefined> {
  try {
    const pid = Number(await readFile(path, 'utf8'))
    const age = Date.now() - (await stat(path)).mtimeMs
    if (age > forgottenAfter) return undefined
    // Just created, and its owner has not written the pid yet.
    if (pid === 0 && age < 5_000) return 0
    return isAlive(pid) ? pid : undefined
  } catch {
    return undefined
  }
}

function isAlive(pid: number): boolean {
  if (!Number.isSafeInteger(pid) || pid <= 0) return false
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
