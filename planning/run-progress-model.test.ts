import { expect, it } from 'vitest'
import type { PlanInput, PlanOutput, PlanStep, StepOutputs } from './run-plan.ts'
import { RunProgress, type SavedProgress } from './run-progress.ts'

/**
 * What becomes of each step of a plan by the simplest means: by looking at what it comes after, without a clock, order or
 * state. What `RunProgress` does step by step, in whatever order steps end, must come to the same.
 */
class Model {
  readonly #plan: readonly PlanStep[]
  readonly #outcomeOf: (key: string) => StepOutputs | undefined
  readonly #fates = new Map<string, Fate>()

  constructor(plan: readonly PlanStep[], outcomeOf: (key: string) => StepOutputs | undefined) {
    this.#plan = plan
    this.#outcomeOf = outcomeOf
  }

  /** The fate of every step there is, by key. */
  all(): Readonly<Record<string, Fate>> {
    const fates = this.#plan.flatMap(({ over = [] }, position) =>
      this.elements(over).map((keys) => [this.key(position, keys), this.fate(position, keys)] as const),
    )
    return Object.fromEntries(fates)
  }

  /** Keys of the patterns that never became steps, each for as many elements as there are: `cell[0]`. */
  unmade(): readonly string[] {
    return this.#plan.flatMap(({ over = [] }, position) =>
      over.flatMap((mapped, depth) =>
        this.elements(over.slice(0, depth)).flatMap((keys) => (this.#list(mapped, keys) === undefined ? [this.key(position, keys)] : [])),
      ),
    )
  }

  fate(position: number, keys: readonly string[]): Fate {
    const key = this.key(position, keys)
    const known = this.#fates.get(key)
    if (known !== undefined) return known
    const fate = this.#judged(position, keys)
    this.#fates.set(key, fate)
    return fate
  }

  key(position: number, keys: readonly string[]): string {
    return keys.length === 0 ? this.#step(position).key : `${this.#step(position).key}[${keys.join()}]`
  }

  /** The mapping keys of the elements of these lists, outermost first. */
  elements(over: readonly PlanOutput[]): readonly (readonly string[])[] {
    return over.reduce<readonly (readonly string[])[]>(
      (places, mapped) => places.flatMap((keys) => (this.#list(mapped, keys) ?? []).map((key) => [...keys, key])),
      [[]],
    )
  }

  /** Steps that one comes after; of those that it collects all elements, or who makes their list. */
  sources(position: number, keys: readonly string[]): readonly (readonly [position: number, keys: readonly string[]])[] {
    const own = this.#step(position)
    return own.after.flatMap((before) => {
      const over = this.#step(before).over ?? []
      if (over.length <= keys.length) return [[before, keys.slice(0, over.length)] as const]
      const mapped = over.at(-1) as PlanOutput
      const producer = [mapped[0], keys.slice(0, this.#step(mapped[0]).over?.length ?? 0)] as const
      return [producer, ...(this.#list(mapped, keys) ?? []).map((key) => [before, [...keys, key]] as const)]
    })
  }

  #judged(position: number, keys: readonly string[]): Fate {
    const sources = this.sources(position, keys).map(([before, of]) => this.fate(before, of))
    if (sources.includes('failed') || sources.includes('skipped')) return 'skipped'
    const { after, inputs = [] } = this.#step(position)
    const named = new Set(inputs.flatMap(({ from }) => from.map(([before]) => before)))
    const isMissing = (input: PlanInput): boolean => {
      const given = input.from.map((source) => this.#gives(source, keys))
      return input.fanIn === true ? input.always !== true && !given.includes(true) : input.fanIn !== true && given.includes(false)
    }
    const isOut = inputs.some(isMissing) || after.some((before) => !named.has(before) && !this.#gives([before, undefined], keys))
    if (isOut) return 'omitted'
    return this.#outcomeOf(this.key(position, keys)) === undefined ? 'failed' : 'succeeded'
  }

  #gives([before, output]: readonly [number, string | undefined], keys: readonly string[]): boolean {
    const over = this.#step(before).over ?? []
    if (over.length <= keys.length) return this.#gave(before, keys.slice(0, over.length), output)
    const list = this.#list(over.at(-1) as PlanOutput, keys)
    return list !== undefined && (list.length === 0 || list.some((key) => this.#gave(before, [...keys, key], output)))
  }

  #gave(position: number, keys: readonly string[], output: string | undefined): boolean {
    if (this.fate(position, keys) !== 'succeeded') return false
    return output === undefined || !(this.#outcomeOf(this.key(position, keys))?.missing ?? []).includes(output)
  }

  #list([producer, output]: PlanOutput, keys: readonly string[]): readonly string[] | undefined {
    const of = keys.slice(0, this.#step(producer).over?.length ?? 0)
    return this.fate(producer, of) === 'succeeded' ? this.#outcomeOf(this.key(producer, of))?.mapped?.[output] : undefined
  }

  #step(position: number): PlanStep {
    return this.#plan[position] as PlanStep
  }
}

type Fate = 'succeeded' | 'failed' | 'skipped' | 'omitted'

/** Runs a plan as a workflow does: many steps in flight, which end in any order, and now and then all begins anew from what was saved. */
class Drive {
  readonly #plan: readonly PlanStep[]
  readonly #model: Model
  readonly #random: (below: number) => number
  readonly #outcomeOf: (key: string) => StepOutputs | undefined
  readonly #ended = new Map<string, Fate>()
  #progress: RunProgress
  #inFlight: number[] = []

  constructor(
    plan: readonly PlanStep[],
    model: Model,
    outcomeOf: (key: string) => StepOutputs | undefined,
    random: (below: number) => number,
  ) {
    this.#plan = plan
    this.#model = model
    this.#outcomeOf = outcomeOf
    this.#random = random
    this.#progress = new RunProgress(plan)
  }

  toItsEnd(saves: boolean): RunProgress {
    for (;;) {
      if (saves && this.#random(6) === 0) this.#restore()
      const taken = this.#random(3) > 0 || this.#inFlight.length === 0 ? this.#progress.take() : undefined
      if (taken !== undefined) this.#begin(taken)
      else if (this.#inFlight.length > 0) this.#end(this.#inFlight.splice(this.#random(this.#inFlight.length), 1)[0] as number)
      else if (!this.#progress.hasReady) return this.#progress
    }
  }

  get ended(): ReadonlyMap<string, Fate> {
    return this.#ended
  }

  #restore(): void {
    const saved: SavedProgress = { states: this.#progress.save(), skips: this.#progress.skips, given: this.#progress.given }
    this.#progress = new RunProgress(this.#plan, JSON.parse(JSON.stringify(saved)) as SavedProgress)
    this.#inFlight = []
  }

  #begin(instance: number): void {
    const { step, key, mappingKeys } = this.#progress.stepOf(instance)
    if (this.#ended.has(key)) throw new Error(`${key} is run again`)
    for (const [position, keys] of this.#model.sources(this.#plan.indexOf(step), mappingKeys)) {
      const source = this.#model.key(position, keys)
      const isOver = this.#ended.get(source) === 'succeeded' || this.#model.fate(position, keys) === 'omitted'
      if (!isOver) throw new Error(`${key} is run before ${source}`)
    }
    this.#inFlight.push(instance)
  }

  #end(instance: number): void {
    const { key } = this.#progress.stepOf(instance)
    const outputs = this.#outcomeOf(key)
    this.#ended.set(key, outputs === undefined ? 'failed' : 'succeeded')
    if (outputs === undefined) this.#progress.failed(instance)
    else this.#progress.succeeded(instance, outputs)
  }
}

it('any plan, with any outcomes, in any order, saved anywhere, comes to what it must', () => {
  const random = numbersFrom(4)
  for (let round = 0; round < 400; round += 1) {
    const plan = randomPlan(random)
    const seed = random(1_000_000)
    const outcomeOf = (key: string): StepOutputs | undefined => outcome(key, seed)
    const model = new Model(plan, outcomeOf)
    const drive = new Drive(plan, model, outcomeOf, random)
    const progress = drive.toItsEnd(round % 2 === 1)
    const fates = model.all()
    const expected = Object.entries(fates).filter(([, fate]) => fate === 'skipped' || fate === 'omitted')
    const told = progress.skipped()

    expect(progress.counts, JSON.stringify(plan)).toEqual({ ...noFates, ...counted(Object.values(fates)) })
    expect(told.map(({ stepKey }) => stepKey).toSorted()).toEqual([...expected.map(([key]) => key), ...model.unmade()].toSorted())
    for (const { stepKey, because, why } of told) {
      const [fate, cause] = [fates[stepKey], fates[because] ?? 'none']
      if (fate !== undefined && why !== (fate === 'skipped' ? 'failed' : 'missing')) throw new Error(`${stepKey} was ${fate}, not ${why}`)
      if (!(why === 'failed' ? ['failed'] : ['succeeded', 'omitted']).includes(cause))
        throw new Error(`${because} ${cause}, so ${stepKey} ${why}`)
    }
    expect(Object.fromEntries(drive.ended)).toEqual(
      Object.fromEntries(Object.entries(fates).filter(([, fate]) => fate === 'succeeded' || fate === 'failed')),
    )
  }
})

const noFates = { waiting: 0, running: 0, succeeded: 0, failed: 0, skipped: 0, omitted: 0 }

function counted(fates: readonly Fate[]): Partial<Record<Fate, number>> {
  const counts: Partial<Record<Fate, number>> = {}
  for (const fate of fates) counts[fate] = (counts[fate] ?? 0) + 1
  return counts
}

/** Undefined where the step fails. */
function outcome(key: string, seed: number): StepOutputs | undefined {
  const random = numbersFrom(Array.from(key, (letter) => letter.charCodeAt(0)).reduce((sum, code) => (sum * 31 + code) % 1_000_003, seed))
  random(2)
  if (random(14) === 0) return undefined
  const missing = ['result', 'other'].filter(() => random(6) === 0)
  const mapped = Object.fromEntries(
    ['result', 'other']
      .filter((name) => !missing.includes(name))
      .map((name) => [name, Array.from({ length: random(4) }, (_each, index) => `${index}`)]),
  )
  return { ...(missing.length > 0 && { missing }), mapped }
}

/** Steps in scopes up to three lists deep, lists from outside of them among these; each comes after some that it may. */
function randomPlan(random: (below: number) => number): readonly PlanStep[] {
  const steps: PlanStep[] = []
  const scopes: (readonly PlanOutput[])[] = [[]]
  const count = 3 + random(9)
  for (let position = 0; position < count; position += 1) {
    const over = scopes[random(scopes.length)] ?? []
    const chosen = steps.flatMap((step, index) => (mayPrecede(step.over ?? [], over) && random(3) === 0 ? [index] : []))
    const wired = chosen.filter(() => random(3) > 0).map((index): PlanOutput => [index, outputName(random)])
    const inputs = randomInputs(wired, random)
    const after = [...new Set([...chosen, ...over.map(([index]) => index)])].sort((one, other) => one - other)
    steps.push({ key: `s${position}`, kind: 'op', after, ...(inputs.length > 0 && { inputs }), ...(over.length > 0 && { over }) })
    const within = scopes[random(scopes.length)] ?? []
    if (within.length < 3 && isAround(over, within)) scopes.push([...within, [position, outputName(random)]])
  }
  return steps
}

function randomInputs(wired: readonly PlanOutput[], random: (below: number) => number): readonly PlanInput[] {
  const single = wired.filter(() => random(2) === 0)
  const list = wired.filter((source) => !single.includes(source))
  const always = random(4) === 0 ? ({ always: true } as const) : {}
  return [...single.map((source) => ({ from: [source] })), ...(list.length > 0 ? [{ from: list, fanIn: true as const, ...always }] : [])]
}

function outputName(random: (below: number) => number): string {
  return random(4) === 0 ? 'other' : 'result'
}

/** A step comes after those in its scope, in one around it, or one list further in, which it collects. */
function mayPrecede(earlier: readonly PlanOutput[], over: readonly PlanOutput[]): boolean {
  return isAround(earlier, over) || (earlier.length === over.length + 1 && isAround(over, earlier))
}

function isAround(outer: readonly PlanOutput[], inner: readonly PlanOutput[]): boolean {
  return outer.length <= inner.length && outer.every(([position, output], at) => inner[at]?.[0] === position && inner[at][1] === output)
}

/** The same numbers each time (a linear congruential generator), so that what fails once fails again. */
function numbersFrom(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
}
