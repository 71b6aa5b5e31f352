import type { MetadataStore } from '../metadata/metadata-store.ts'
import type { StepClaim, StepStart } from '../metadata/stores/step-store.ts'

/**
 * Time in which a step's very first attempt may end without having been claimed: claim and record are then one statement
 * instead of two. Unit: milliseconds. Longer steps are claimed, and seen to run, after it.
 */
const claimAfterMs = 5

/**
 * An attempt's claim on its step. Whoever may find a record of the step, or another attempt at it, claims before anything
 * else; the first attempt of all may wait a moment.
 */
export class AttemptClaim {
  readonly start: StepStart
  readonly #store: MetadataStore
  readonly #begun = performance.now()
  #claim: Promise<StepClaim> | undefined
  #isAsked = false
  #isFirst = false
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(store: MetadataStore, start: StepStart) {
    this.#store = store
    this.start = start
  }

  /** Milliseconds since the attempt began. */
  get ageMs(): number {
    return performance.now() - this.#begun
  }

  /** Whether the store was asked. */
  get isAsked(): boolean {
    return this.#isAsked
  }

  /** Claims the step, unless that was done before, and gives the answer. Where the store gave none it is asked again. */
  now(): Promise<StepClaim> {
    clearTimeout(this.#timer)
    this.#isAsked = true
    this.#claim ??= this.#ask()
    return this.#claim
  }

  async #ask(): Promise<StepClaim> {
    try {
      return await this.#store.steps.start(this.#isFirst ? { ...this.start, first: true } : this.start)
    } catch (error) {
      // What is in the way the next time may be this claim, whose answer was lost.
      this.#isFirst = false
      this.#claim = undefined
      throw error
    }
  }

  /** Claims the step unless the attempt, the first one of all, is over within a moment. */
  soon(): void {
    this.#isFirst = true
    this.#timer = setTimeout(() => {
      // Whoever needs the answer asks for it again, and hears of the error then.
      this.now().catch(() => undefined)
    }, claimAfterMs)
  }

  /** The attempt is over: true where it was not claimed and won't be, so that its record must claim the step too. */
  giveUp(): boolean {
    clearTimeout(this.#timer)
    return !this.isAsked
  }
}
