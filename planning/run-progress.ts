import type { PlanStep } from './run-plan.ts'

/** How far a step is. One letter each, because the state of 5,000 steps passes from one execution of the workflow to the next. */
export type StepState = 'waiting' | 'running' | 'succeeded' | 'failed' | 'skipped'

const letters: Readonly<Record<StepState, string>> = { waiting: 'w', running: 'w', succeeded: 's', failed: 'f', skipped: 'k' }
const states: Readonly<Record<string, StepState>> = { w: 'waiting', s: 'succeeded', f: 'failed', k: 'skipped' }

/** Position of a skipped step, and of the failed step that caused it. */
export type Skip = readonly [skipped: number, because: number]

/** Counts by state. */
export type ProgressCounts = Readonly<Record<StepState, number>>

/**
 * Which steps of a plan may start now. Deterministic and without a clock: the `run` workflow and its tests drive it by
 * saying what happened. Each call costs the number of edges of the step, so that a plan of 5,000 steps stays cheap.
 */
export class RunProgress {
  readonly #steps: readonly PlanStep[]
  readonly #states: StepState[]
  readonly #missing: number[]
  readonly #downstream: readonly (readonly number[])[]
  readonly #because: Map<number, number>
  readonly #ready: number[] = []
  readonly #failedKeys: string[] = []
  #next = 0
  readonly #counts: Record<StepState, number> = { waiting: 0, running: 0, succeeded: 0, failed: 0, skipped: 0 }

  /**
   * @param saved - what {@link RunProgress.save} gave; steps that were running then are waiting again
   * @param skips - what {@link RunProgress.skips} gave
   */
  constructor(steps: readonly PlanStep[], saved?: string, skips: readonly Skip[] = []) {
    this.#steps = steps
    this.#because = new Map(skips)
    this.#states = steps.map((_step, index) => states[saved?.[index] ?? 'w'] ?? 'waiting')
    this.#downstream = downstreamOf(steps)
    this.#missing = steps.map((step) => step.after.filter((index) => this.#states[index] !== 'succeeded').length)
    this.#states.forEach((state, index) => {
      this.#counts[state] += 1
      if (state === 'waiting' && this.#missing[index] === 0) this.#ready.push(index)
      if (state === 'failed') this.#failedKeys.push(this.#key(index))
    })
  }

  get counts(): ProgressCounts {
    return this.#counts
  }

  /** Takes the next step that may start, in the order of the plan; it is running from then on. */
  take(): number | undefined {
    const index = this.#ready[this.#next]
    if (index === undefined) return undefined
    this.#next += 1
    this.#move(index, 'running')
    return index
  }

  /** Whether a step could start now. */
  get hasReady(): boolean {
    return this.#next < this.#ready.length
  }

  succeeded(index: number): void {
    this.#move(index, 'succeeded')
    for (const next of this.#downstream[index] ?? []) {
      const missing = (this.#missing[next] ?? 0) - 1
      this.#missing[next] = missing
      if (missing === 0 && this.#states[next] === 'waiting') this.#ready.push(next)
    }
  }

  /** The step failed for good: what depends on it, directly or not, is skipped, and nothing else. */
  failed(index: number): void {
    this.#move(index, 'failed')
    this.#failedKeys.push(this.#key(index))
    const reached = [...(this.#downstream[index] ?? [])]
    for (let next = reached.pop(); next !== undefined; next = reached.pop()) {
      if (this.#states[next] !== 'waiting') continue
      this.#move(next, 'skipped')
      this.#because.set(next, index)
      reached.push(...(this.#downstream[next] ?? []))
    }
  }

  /** Skipped steps with the failed step that caused it, as positions in the plan: small enough to go from one execution to the next. */
  get skips(): readonly Skip[] {
    return [...this.#because]
  }

  /** Steps that were skipped, with the failed step that caused it. */
  skipped(): readonly { readonly stepKey: string; readonly because: string }[] {
    return [...this.#because]
      .sort(([a], [b]) => a - b)
      .map(([index, because]) => ({ stepKey: this.#key(index), because: this.#key(because) }))
  }

  /** Keys of the failed steps, in the order in which they failed. */
  get failedKeys(): readonly string[] {
    return this.#failedKeys
  }

  /** The state in one letter a step, for the workflow's next execution. */
  save(): string {
    return this.#states.map((state) => letters[state]).join('')
  }

  #key(index: number): string {
    return this.#steps[index]?.key ?? String(index)
  }

  #move(index: number, to: StepState): void {
    const from = this.#states[index]
    if (from === undefined) throw new Error(`step ${index} is not in a plan of ${this.#states.length} steps`)
    this.#counts[from] -= 1
    this.#counts[to] += 1
    this.#states[index] = to
  }
}

function downstreamOf(steps: readonly PlanStep[]): readonly (readonly number[])[] {
  const downstream: number[][] = steps.map(() => [])
  steps.forEach((step, index) => {
    for (const upstream of step.after) downstream[upstream]?.push(index)
  })
  return downstream
}
