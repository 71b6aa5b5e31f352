/** Sends a signal to every process of a group; with 0 it only asks. False where there is no such group (any more). */
export function signalGroup(group: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(-group, signal)
  } catch {
    return false
  }
}
