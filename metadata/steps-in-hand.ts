/** With this many steps of a run in hand, their number counts, not the time of each. */
const manySteps = 8

/**
 * How long records of a wide run wait for each other. Unit: milliseconds. Measured in November 2026 with 500 independent
 * steps: half the statements' cost to worker and store, while the run takes no longer, since 100 steps are in hand at once.
 */
const lingerMs = 10

/** How many steps of each run this process has claimed and not ended, to tell a wide run from a chain. */
export class StepsInHand {
  readonly #counts = new Map<string, number>()

  began(runId: string): void {
    this.#counts.set(runId, (this.#counts.get(runId) ?? 0) + 1)
  }

  ended(runId: string): void {
    const left = (this.#counts.get(runId) ?? 0) - 1
    if (left > 0) this.#counts.set(runId, left)
    else this.#counts.delete(runId)
  }

  /** How long a record of the run should wait for others: not at all in a chain. */
  readonly lingerMs = (runId: string): number => ((this.#counts.get(runId) ?? 0) >= manySteps ? lingerMs : 0)
}
