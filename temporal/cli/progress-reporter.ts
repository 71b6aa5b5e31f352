import type { CliProgress } from './cli-source.ts'

/** Passes messages of one stage on, with the time since the stage began: the first at once, then one a second. */
export function progressReporter(onProgress: (progress: CliProgress) => void, stage: CliProgress['stage']): (message: string) => void {
  const began = performance.now()
  let last = -Infinity
  return (message) => {
    const now = performance.now()
    if (now - last < 1_000) return
    last = now
    onProgress({ stage, message, elapsed: Math.round(now - began) })
  }
}
