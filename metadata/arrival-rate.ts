/** Writes of one run are counted in windows of this length. Unit: milliseconds. */
const windowMs = 50

/**
 * So many in a window, and they come from many steps at once. A chain makes five at most, a step taking 10 ms; 500 independent
 * steps make twenty (measured in November 2026 on two cores).
 */
const manyInWindow = 10

/** Runs that are remembered at most. */
const keptRuns = 1_000

interface Window {
  began: number
  count: number
  countBefore: number
}

/** Tells runs whose writes come thick and fast from those that wait for each of theirs. */
export class ArrivalRate {
  readonly #windows = new Map<string, Window>()

  /** A write of the run is asked for. */
  arrived(runId: string, now: number): void {
    const window = this.#windows.get(runId)
    if (window === undefined) this.#begin(runId, now)
    else if (now - window.began < windowMs) window.count += 1
    else Object.assign(window, { began: now, count: 1, countBefore: now - window.began < 2 * windowMs ? window.count : 0 })
  }

  /** Whether many writes of the run have come within the last moments. */
  isHigh(runId: string): boolean {
    const window = this.#windows.get(runId)
    return window !== undefined && Math.max(window.count, window.countBefore) >= manyInWindow
  }

  #begin(runId: string, now: number): void {
    if (this.#windows.size >= keptRuns) this.#windows.clear()
    this.#windows.set(runId, { began: now, count: 1, countBefore: 0 })
  }
}
