import { type MapScope, type MapScopes, mapScopes } from './map-scopes.ts'
import type { PlanInput, PlanStep, StepOutputs } from './run-plan.ts'
import type { StepInstance } from './run-progress.ts'
import { mappedStepKey } from './step-key.ts'

/** One element of each list that a scope is mapped over, or, of the outermost scope, the whole run. */
interface ScopeInstance {
  readonly scope: MapScope
  readonly parent: ScopeInstance | undefined
  readonly keys: readonly string[]
  /** Numbers of its steps, by position. */
  readonly steps: Map<number, number>
  /** What became of the scopes within: their elements, in order; undefined while the list is not known. */
  readonly children: Map<number, readonly ScopeInstance[]>
  /** Steps that wait for all elements of a scope within, by that scope. */
  readonly collectors: Map<number, Collector[]>
}

/** A step, and the position further in whose steps it waits for. */
interface Collector {
  readonly instance: number
  readonly position: number
}

/** A mapped step that never came to be, because its list was not made. */
export interface UnmadeStep {
  readonly step: PlanStep
  /** Its key for as many elements as there are. */
  readonly key: string
  /** The step that was to make the list. */
  readonly producer: number
}

/**
 * The steps that a plan has by now, and what waits for what. A step outside every map is there from the beginning; a
 * mapped one for each element once the list is known.
 */
export class StepInstances {
  readonly #steps: readonly PlanStep[]
  readonly #scopes: MapScopes
  readonly #positions: number[] = []
  readonly #places: ScopeInstance[] = []
  readonly #dependents: number[][] = []
  readonly #waiting: number[] = []
  readonly #ended: boolean[] = []
  readonly #placesOf: ScopeInstance[][]
  readonly #outputs = new Map<number, StepOutputs>()

  constructor(steps: readonly PlanStep[]) {
    this.#steps = steps
    this.#scopes = mapScopes(steps)
    this.#placesOf = this.#scopes.scopes.map(() => [])
    const [outermost] = this.#scopes.scopes
    if (outermost !== undefined) this.#enter(outermost, undefined, [])
  }

  /** How many steps there were before any list was known: those have the first numbers. */
  get planned(): number {
    return this.#scopes.scopes[0]?.positions.length ?? 0
  }

  /** How many there are by now. */
  get count(): number {
    return this.#positions.length
  }

  stepOf(instance: number): StepInstance {
    const step = this.#step(instance)
    const mappingKeys = this.#place(instance).keys
    return { step, key: mappedStepKey(step.key, mappingKeys), mappingKeys }
  }

  /** Steps that wait for this one, each as often as it does. */
  dependents(instance: number): readonly number[] {
    return this.#dependents[instance] ?? []
  }

  /** Steps that this one comes after; where it collects, the step that makes the list. */
  sources(instance: number): readonly number[] {
    const place = this.#place(instance)
    return this.#step(instance).after.flatMap((position) => {
      const source = this.#instanceAround(position, place) ?? this.#producerOf(position, place)
      return source === undefined ? [] : [source]
    })
  }

  /** How many sources of a step have not ended. */
  waitsFor(instance: number): number {
    return this.#waiting[instance] ?? 0
  }

  /** The step has ended, however. Returns those that wait for nothing more. */
  settled(instance: number): readonly number[] {
    this.#ended[instance] = true
    const free: number[] = []
    for (const next of this.dependents(instance)) {
      const left = this.waitsFor(next) - 1
      this.#waiting[next] = left
      if (left === 0) free.push(next)
    }
    return free
  }

  /** Makes the steps that are mapped over what a step gave. Returns how many there are. */
  expand(instance: number, outputs: StepOutputs): number {
    const before = this.count
    this.#outputs.set(instance, outputs)
    for (const scope of this.#scopes.mappedOver.get(this.#positions[instance] ?? -1) ?? []) {
      for (const place of this.#placesAround(scope, instance)) this.#open(scope, place)
    }
    return this.count - before
  }

  /**
   * The mapped steps that never came to be.
   *
   * @param hasEnded - whether a step ended, however
   */
  unmade(hasEnded: (instance: number) => boolean): readonly UnmadeStep[] {
    return this.#placesOf.flat().flatMap((place) =>
      place.scope.children.flatMap((child) => {
        const scope = this.#scopes.scopes[child] as MapScope
        const producer = this.#instanceAround(scope.over?.[0] ?? -1, place)
        if (producer === undefined || place.children.has(child) || !hasEnded(producer)) return []
        return this.#patterns(scope).map((step) => ({ step, key: mappedStepKey(step.key, place.keys), producer }))
      }),
    )
  }

  /**
   * The source on whose account a step whose sources have all ended can't run; undefined where it can.
   *
   * @param gives - whether a step gave an output; without a name, whether it ran
   */
  missingSource(instance: number, gives: (instance: number, output: string | undefined) => boolean): number | undefined {
    const { after, inputs = [] } = this.#step(instance)
    const place = this.#place(instance)
    const named = new Set(inputs.flatMap(({ from }) => from.map(([position]) => position)))
    for (const input of inputs) {
      const missing = this.#missingInput(input, place, gives)
      if (missing !== undefined) return missing
    }
    for (const position of after) {
      if (named.has(position)) continue
      const missing = this.#missingOf([position, undefined], place, gives)
      if (missing !== undefined) return missing
    }
    return undefined
  }

  #missingInput(input: PlanInput, place: ScopeInstance, gives: Gives): number | undefined {
    const missing = input.from.map((source) => this.#missingOf(source, place, gives))
    if (input.fanIn === true && (input.always === true || missing.includes(undefined))) return undefined
    return missing.find((source) => source !== undefined)
  }

  /** A collected source is missing where it has elements and none of them gave it, and where its list was left out. */
  #missingOf([position, output]: readonly [number, string | undefined], place: ScopeInstance, gives: Gives): number | undefined {
    const single = this.#instanceAround(position, place)
    if (single !== undefined) return gives(single, output) ? undefined : single
    const elements = place.children.get(this.#scopes.scopeOf[position] ?? 0)
    if (elements === undefined) return this.#producerOf(position, place)
    const instances = elements.map((element) => element.steps.get(position) ?? 0)
    return instances.length === 0 || instances.some((each) => gives(each, output)) ? undefined : instances[0]
  }

  #enter(scope: MapScope, parent: ScopeInstance | undefined, keys: readonly string[]): ScopeInstance {
    const place: ScopeInstance = { scope, parent, keys, steps: new Map(), children: new Map(), collectors: new Map() }
    this.#placesOf[scope.index]?.push(place)
    for (const position of scope.positions) place.steps.set(position, this.#add(position, place))
    for (const position of scope.positions) this.#join(position, place)
    for (const child of scope.children) {
      const inner = this.#scopes.scopes[child]
      if (inner !== undefined) this.#open(inner, place)
    }
    return place
  }

  #add(position: number, place: ScopeInstance): number {
    this.#positions.push(position)
    this.#places.push(place)
    this.#dependents.push([])
    this.#waiting.push(0)
    this.#ended.push(false)
    return this.#positions.length - 1
  }

  /** Ties a new step to those it comes after. */
  #join(position: number, place: ScopeInstance): void {
    const instance = place.steps.get(position) ?? 0
    for (const before of this.#steps[position]?.after ?? []) {
      const single = this.#instanceAround(before, place)
      if (single !== undefined) this.#wait(instance, single)
      else this.#collect(instance, before, place)
    }
  }

  #wait(instance: number, source: number): void {
    if (this.#ended[source] === true) return
    this.#dependents[source]?.push(instance)
    this.#waiting[instance] = this.waitsFor(instance) + 1
  }

  /** Until the list is known a collector waits for the step that makes it; then for each of the elements. */
  #collect(instance: number, position: number, place: ScopeInstance): void {
    const producer = this.#producerOf(position, place)
    if (producer !== undefined) this.#wait(instance, producer)
    const scope = this.#scopes.scopeOf[position] ?? 0
    const collectors = place.collectors.get(scope)
    if (collectors === undefined) place.collectors.set(scope, [{ instance, position }])
    else collectors.push({ instance, position })
  }

  /** Makes the steps of a scope within, where its list is known. */
  #open(scope: MapScope, place: ScopeInstance): void {
    const [position, output] = scope.over ?? []
    const producer = position === undefined ? undefined : this.#instanceAround(position, place)
    const keys = producer === undefined ? undefined : this.#outputs.get(producer)?.mapped?.[output ?? '']
    if (keys === undefined || place.children.has(scope.index)) return
    const elements = keys.map((key) => this.#enter(scope, place, [...place.keys, key]))
    place.children.set(scope.index, elements)
    for (const { instance, position: collected } of place.collectors.get(scope.index) ?? []) {
      for (const element of elements) this.#wait(instance, element.steps.get(collected) ?? 0)
    }
  }

  /** The places in whose midst a scope opens when this step ends: its own, or those further in that it is around. */
  #placesAround(scope: MapScope, instance: number): readonly ScopeInstance[] {
    const own = this.#place(instance)
    const way: number[] = []
    for (let at = scope.parent; at !== undefined && at !== own.scope.index; at = this.#scopes.scopes[at]?.parent) way.unshift(at)
    return way.reduce<readonly ScopeInstance[]>((places, index) => places.flatMap((place) => place.children.get(index) ?? []), [own])
  }

  /** The steps of a scope and of those within it. */
  #patterns({ positions, children }: MapScope): readonly PlanStep[] {
    const own = positions.map((position) => this.#steps[position] as PlanStep)
    return [...own, ...children.flatMap((child) => this.#patterns(this.#scopes.scopes[child] as MapScope))]
  }

  /** The step at a position in this place or one around it; undefined where the position is further in. */
  #instanceAround(position: number, place: ScopeInstance): number | undefined {
    const scope = this.#scopes.scopes[this.#scopes.scopeOf[position] ?? 0]
    const around = scope === undefined ? undefined : ancestorAt(place, scope.depth)
    return around?.scope === scope ? around?.steps.get(position) : undefined
  }

  /** The step that makes the list which a position further in is mapped over. */
  #producerOf(position: number, place: ScopeInstance): number | undefined {
    const over = this.#scopes.scopes[this.#scopes.scopeOf[position] ?? 0]?.over
    return over === undefined ? undefined : this.#instanceAround(over[0], place)
  }

  #step(instance: number): PlanStep {
    const step = this.#steps[this.#positions[instance] ?? -1]
    if (step === undefined) throw new Error(`step ${instance} is not in a plan that has ${this.count} steps by now`)
    return step
  }

  #place(instance: number): ScopeInstance {
    return this.#places[instance] as ScopeInstance
  }
}

type Gives = (instance: number, output: string | undefined) => boolean

function ancestorAt(place: ScopeInstance, depth: number): ScopeInstance | undefined {
  let at: ScopeInstance | undefined = place
  while (at !== undefined && at.scope.depth > depth) at = at.parent
  return at?.scope.depth === depth ? at : undefined
}
