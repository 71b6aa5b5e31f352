import type { PlanStep, StepOutputs } from './run-plan.ts'
import type { SkippedStep } from './skipped-step.ts'
import { StepInstances } from './step-instances.ts'

/** How far a step is. One letter each, because the state of 5,000 steps passes from one execution of the workflow to the next. */
export type StepState = 'waiting' | 'running' | 'succeeded' | 'failed' | 'skipped' | 'omitted'

/** `omitted`: skipped because an output that it needs was left out, which is no failure. */
const letters: Readonly<Record<StepState, string>> = {
  waiting: 'w',
  running: 'w',
  succeeded: 's',
  failed: 'f',
  skipped: 'k',
  omitted: 'm',
}
const states: Readonly<Record<string, StepState>> = { w: 'waiting', s: 'succeeded', f: 'failed', k: 'skipped', m: 'omitted' }

/** Number of a skipped step, and of the step on whose account; of mapped steps how many with numbers one after the other. */
export type Skip = readonly [skipped: number, because: number, count?: number]

/** Number of a step, and what it gave, where that is more than all of its outputs as they are. */
export type GivenOutputs = readonly [instance: number, outputs: StepOutputs]

/** Counts by state. */
export type ProgressCounts = Readonly<Record<StepState, number>>

/** How far an earlier execution came. */
export interface SavedProgress {
  /** What {@link RunProgress.save} gave; steps that were running then are waiting again. */
  readonly states?: string | undefined
  /** What {@link RunProgress.skips} gave. */
  readonly skips?: readonly Skip[] | undefined
  /** What {@link RunProgress.given} gave. */
  readonly given?: readonly GivenOutputs[] | undefined
}

/** A step that is there to be run: of one that is mapped, for one element of each list. */
export interface StepInstance {
  readonly step: PlanStep
  /** Key of the step: `process[a]` for a mapped one. */
  readonly key: string
  /** Which elements, outermost list first. */
  readonly mappingKeys: readonly string[]
}

/**
 * Which steps of a plan may start now. Deterministic and without a clock: the `run` workflow and its tests drive it by
 * saying what happened. Each call costs the number of edges of the step, so that a plan of 5,000 steps stays cheap. Steps
 * go by numbers: those of the plan, in its order, and then those that appear when a list that is mapped over is known.
 */
export class RunProgress {
  readonly #instances: StepInstances
  readonly #states: StepState[] = []
  readonly #because: Map<number, number>
  readonly #given = new Map<number, StepOutputs>()
  readonly #ready: number[] = []
  readonly #failedKeys: string[] = []
  readonly #queued: boolean[] = []
  #next = 0
  readonly #counts: Record<StepState, number> = { waiting: 0, running: 0, succeeded: 0, failed: 0, skipped: 0, omitted: 0 }

  constructor(steps: readonly PlanStep[], saved: SavedProgress = {}) {
    this.#because = new Map((saved.skips ?? []).flatMap(eachSkip))
    this.#instances = new StepInstances(steps)
    for (const [instance, outputs] of saved.given ?? []) {
      this.#given.set(instance, outputs)
      this.#instances.expand(instance, outputs)
    }
    for (let instance = 0; instance < this.#instances.count; instance += 1)
      this.#begin(states[saved.states?.[instance] ?? 'w'] ?? 'waiting')
    this.#settleSaved()
  }

  get counts(): ProgressCounts {
    return this.#counts
  }

  /** Takes the next step that may start, in the order of the plan; it is running from then on. */
  take(): number | undefined {
    const instance = this.#ready[this.#next]
    if (instance === undefined) return undefined
    this.#next += 1
    this.#move(instance, 'running')
    return instance
  }

  /** Whether a step could start now. */
  get hasReady(): boolean {
    return this.#next < this.#ready.length
  }

  /** The step of that number. */
  stepOf(instance: number): StepInstance {
    return this.#instances.stepOf(instance)
  }

  /** The step ended well. @param outputs - of an op, what it gave where that is not all of its outputs as they are */
  succeeded(instance: number, outputs: StepOutputs = {}): void {
    this.#move(instance, 'succeeded')
    if (outputs.mapped !== undefined || outputs.missing !== undefined) this.#given.set(instance, outputs)
    const made = this.#instances.expand(instance, outputs)
    const first = this.#states.length
    for (let count = 0; count < made; count += 1) this.#begin('waiting')
    for (let appeared = first; appeared < first + made; appeared += 1) this.#skipBehindFailed(appeared)
    for (const next of this.#instances.settled(instance)) this.#decide(next)
    for (let appeared = first; appeared < first + made; appeared += 1) this.#decide(appeared)
  }

  /** The step failed for good: what depends on it, directly or not, is skipped, and nothing else. */
  failed(instance: number): void {
    this.#move(instance, 'failed')
    this.#failedKeys.push(this.#key(instance))
    this.#skip(this.#instances.dependents(instance), instance)
  }

  /** Skipped steps with the step on whose account, as numbers: small enough to go from one execution to the next. */
  get skips(): readonly Skip[] {
    const skips = [...this.#because]
    const isPlanned = ([skipped]: Skip): boolean => skipped < this.#instances.planned
    return [...skips.filter(isPlanned), ...inRows(skips.filter((skip) => !isPlanned(skip)).sort(([a], [b]) => a - b))]
  }

  /** What steps gave, in the order in which they did: made anew in this order, mapped steps have the same numbers. */
  get given(): readonly GivenOutputs[] {
    return [...this.#given]
  }

  /** Steps that were skipped, with the step on whose account; of those that are mapped over a list that was not made, the patterns. */
  skipped(): readonly SkippedStep[] {
    const skips = [...this.#because].sort(([a], [b]) => a - b)
    const unmade = this.#instances.unmade((instance) => !['waiting', 'running'].includes(this.#states[instance] ?? 'waiting'))
    return [
      ...skips.map(([instance, because]) => {
        const { step, key } = this.stepOf(instance)
        return this.#skippedStep(step, key, because, this.#states[instance] === 'skipped')
      }),
      ...unmade.map(({ step, key, producer }) => {
        const state = this.#states[producer]
        return this.#skippedStep(step, key, this.#because.get(producer) ?? producer, state === 'failed' || state === 'skipped')
      }),
    ]
  }

  /** Keys of the failed steps, in the order in which they failed. */
  get failedKeys(): readonly string[] {
    return this.#failedKeys
  }

  /** The state in one letter a step, for the workflow's next execution. */
  save(): string {
    return this.#states.map((state) => letters[state]).join('')
  }

  #begin(state: StepState): void {
    this.#states.push(state)
    this.#counts[state] += 1
  }

  #settleSaved(): void {
    this.#states.forEach((state, instance) => {
      if (state === 'failed') this.#failedKeys.push(this.#key(instance))
      if (state === 'waiting') return
      this.#instances.settled(instance)
    })
    for (let instance = 0; instance < this.#states.length; instance += 1) this.#decide(instance)
  }

  /** A mapped step may come after one that has failed before it appeared. */
  #skipBehindFailed(instance: number): void {
    const failed = this.#instances
      .sources(instance)
      .find((source) => this.#states[source] === 'failed' || this.#states[source] === 'skipped')
    if (failed !== undefined) this.#skip([instance], this.#because.get(failed) ?? failed)
  }

  #skip(instances: readonly number[], because: number): void {
    const reached = [...instances]
    for (let next = reached.pop(); next !== undefined; next = reached.pop()) {
      if (this.#states[next] !== 'waiting') continue
      this.#move(next, 'skipped')
      this.#because.set(next, because)
      reached.push(...this.#instances.dependents(next))
    }
  }

  /** A waiting step whose sources have all ended may start, unless what it needs was left out. */
  #decide(first: number): void {
    const reached = [first]
    for (let instance = reached.pop(); instance !== undefined; instance = reached.pop()) {
      if (this.#states[instance] !== 'waiting' || this.#queued[instance] === true || this.#instances.waitsFor(instance) > 0) continue
      const missing = this.#missingSource(instance)
      if (missing === undefined) {
        this.#queued[instance] = true
        this.#ready.push(instance)
        continue
      }
      this.#move(instance, 'omitted')
      this.#because.set(instance, missing)
      reached.push(...this.#instances.settled(instance).toReversed())
    }
  }

  /** Where nothing was left out so far, nothing can be missing. */
  #missingSource(instance: number): number | undefined {
    if (this.#given.size === 0 && this.#counts.omitted === 0) return undefined
    return this.#instances.missingSource(instance, (source, output) => this.#gives(source, output))
  }

  /** Whether a step that has ended gave an output; without a name, whether it ran. */
  #gives(instance: number, output: string | undefined): boolean {
    if (this.#states[instance] !== 'succeeded') return false
    return output === undefined || !(this.#given.get(instance)?.missing ?? []).includes(output)
  }

  #skippedStep({ asset }: PlanStep, stepKey: string, because: number, failed: boolean): SkippedStep {
    return { stepKey, ...(asset !== undefined && { assetKey: asset }), because: this.#key(because), why: failed ? 'failed' : 'missing' }
  }

  #key(instance: number): string {
    return this.#instances.stepOf(instance).key
  }

  #move(instance: number, to: StepState): void {
    const from = this.#states[instance]
    if (from === undefined) throw new Error(`step ${instance} is not in a plan that has ${this.#states.length} steps by now`)
    this.#counts[from] -= 1
    this.#counts[to] += 1
    this.#states[instance] = to
  }
}

function eachSkip([skipped, because, count = 1]: Skip): readonly (readonly [number, number])[] {
  return Array.from({ length: count }, (_each, index) => [skipped + index, because] as const)
}

/** Where a list fails in the midst of a map, all that is behind it stands in one row. */
function inRows(skips: readonly (readonly [number, number])[]): readonly Skip[] {
  const rows: [skipped: number, because: number, count: number][] = []
  for (const [skipped, because] of skips) {
    const row = rows.at(-1)
    if (row !== undefined && row[1] === because && row[0] + row[2] === skipped) row[2] += 1
    else rows.push([skipped, because, 1])
  }
  return rows.map((row) => (row[2] === 1 ? [row[0], row[1]] : row))
}
