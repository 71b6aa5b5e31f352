import type { RunLauncher } from '../temporal/run-launcher.ts'

/** Longest time to wait for Temporal's answer, in milliseconds. The question is a help for the reader and must not hold up the rest. */
const patienceMs = 1_500

/** Whether a worker of the code location polls; null where Temporal does not say. */
export async function workerPresence(launcher: RunLauncher, codeLocation: string): Promise<boolean | null> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<null>((resolve) => {
    timer = setTimeout(() => resolve(null), patienceMs)
  })
  try {
    return await Promise.race([launcher.hasWorker(codeLocation), late])
  } catch {
    return null
  } finally {
    clearTimeout(timer)
  }
}
