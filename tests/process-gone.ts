import { readFileSync } from 'node:fs'
import { until } from './dev-server.ts'

/**
 * Whether a process is there and does something: one that has ended and that nobody has asked about yet, as in a container
 * without an init process, is not.
 */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return process.platform !== 'linux' || !/^\d+ \(.*\) [ZX]/s.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))
  } catch {
    return false
  }
}

/** Waits until none of the processes runs. */
export async function gone(...pids: readonly number[]): Promise<void> {
  await until(() => (pids.some(isRunning) ? undefined : true))
}
