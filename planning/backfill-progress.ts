import type { AssetKey } from '../definitions/asset-key.ts'
import { groupedBy } from '../definitions/grouped-by.ts'
import { type AtTime, firstPartition } from '../definitions/partitions/partition-keys.ts'
import { type PartitionRange, parsedRange } from '../definitions/partitions/partition-range.ts'
import { unknownPartition } from '../definitions/partitions/partition-unknown.ts'
import type { PartitionsSpec } from '../definitions/partitions/partitions-spec.ts'
import type { BackfillCut, BackfillPlan, BackfillStage, StageCursor } from './backfill-plan.ts'
import { firstKeyOf } from './backfill-plan.ts'
import { type PartitionEdge, whole } from './partition-edges.ts'
import { isLinear, keysOfRanges, partitionOrder, type PartitionOrder, rangeText } from './partition-order.ts'

/** How far a backfill is. */
export interface BackfillState {
  readonly plan: BackfillPlan
  readonly cursors: readonly StageCursor[]
  /** What the runs have that are not accounted for yet. */
  readonly inFlight: readonly BackfillCut[]
}

/** Partitions that a run may be cut for now. */
export interface NextCut {
  readonly stage: number
  /** In order, those together that follow each other; none of a stage without partitions. */
  readonly keys: readonly (readonly string[])[]
  readonly cursors: readonly StageCursor[]
}

/** Which runs may be cut next. Made for one look at a backfill; pure. */
export class BackfillProgress {
  readonly #state: BackfillState
  readonly #at: AtTime
  readonly #edges: (key: AssetKey) => readonly PartitionEdge[]
  readonly #orders = new Map<number, PartitionOrder>()

  /** @param edges - what the assets of the backfill need of one another */
  constructor(state: BackfillState, edges: (key: AssetKey) => readonly PartitionEdge[], at: AtTime) {
    this.#state = state
    this.#edges = edges
    this.#at = at
  }

  /** Whether every stage has been cut to its end, and every run is accounted for. */
  get isDone(): boolean {
    return this.#state.inFlight.length === 0 && this.#state.cursors.every((cursor) => cursor === null)
  }

  /**
   * The first partitions of a stage that may be made now; of the last stage that has any, so that what was begun gets done.
   *
   * @param limit - most partitions, by stage
   */
  next(limit: (stage: BackfillStage) => number): NextCut | undefined {
    const { stages } = this.#state.plan
    for (let stage = stages.length - 1; stage >= 0; stage -= 1) {
      const next = this.#nextOf(stage, limit)
      if (next !== undefined) return next
    }
    return undefined
  }

  #nextOf(number: number, limit: (stage: BackfillStage) => number): NextCut | undefined {
    const stage = this.#state.plan.stages[number]
    const cursor = this.#state.cursors[number] ?? null
    if (stage === undefined || cursor === null) return undefined
    if (stage.inOrder === true && this.#isAtWork(stage)) return undefined
    if (stage.partitions === null)
      return this.#isReady(number, stage, whole) ? { stage: number, keys: [], cursors: this.#moved(number, null) } : undefined
    const taken = this.#taken(stage, cursor, limit(stage))
    const keys = this.#readyKeys(number, stage, taken.keys)
    if (keys.length === 0) return undefined
    const after = keys.length === taken.keys.length ? taken.after : placeOf(taken, keys.length)
    return { stage: number, keys: inRows(keys, taken.ranges), cursors: this.#moved(number, after) }
  }

  /** Whether a run makes partitions of one of its assets, also such as are made once more. */
  #isAtWork({ assets }: BackfillStage): boolean {
    const { plan, inFlight } = this.#state
    return inFlight.some((cut) => plan.stages[cut.stage]?.assets.some((key) => assets.includes(key)))
  }

  #moved(stage: number, to: StageCursor): readonly StageCursor[] {
    return this.#state.cursors.with(stage, to)
  }

  /** Keys from the cursor on, of one range after the other. */
  #taken(stage: BackfillStage, cursor: NonNullable<StageCursor>, most: number): TakenKeys {
    const keys: string[] = []
    const ranges: number[] = []
    for (let range = cursor.range; range < stage.ranges.length; range += 1) {
      const text = stage.ranges[range] ?? ''
      const from = range === cursor.range ? cursor.key : firstKeyOf(text)
      for (const key of this.#keysFrom(stage.partitions as PartitionsSpec, text, from)) {
        if (keys.length === most) return { keys, ranges, after: { range, key } }
        keys.push(key)
        ranges.push(range)
      }
    }
    return { keys, ranges, after: null }
  }

  /** The keys of a range from one of them on. */
  *#keysFrom(spec: PartitionsSpec, range: string, from: string): Generator<string> {
    if (isLinear(spec)) {
      yield* keysOfRanges(spec, [rangeText({ from, to: parsedRange(range).to })], this.#at)
      return
    }
    let hasBegun = false
    for (const key of keysOfRanges(spec, [range], this.#at)) {
      hasBegun ||= key === from
      if (hasBegun) yield key
    }
    // Removed meanwhile: without it nobody can say what of the range is left.
    if (!hasBegun) throw unknownPartition(spec, from, this.#at)
  }

  /** The first of these keys, as far as nothing that they need is still to come. */
  #readyKeys(number: number, stage: BackfillStage, keys: readonly string[]): readonly string[] {
    const [first, last] = [keys[0], keys.at(-1)]
    if (first === undefined || last === undefined) return []
    // Of several dimensions, and where partitions come and go, keys that follow each other are no range.
    const isRange = stage.partitions !== null && isLinear(stage.partitions)
    if (isRange && this.#isReady(number, stage, { from: first, to: last })) return keys
    const end = keys.findIndex((key) => !this.#isReady(number, stage, { from: key, to: key }))
    // One call for all waits until all may be made.
    if (end !== -1 && stage.backfillPolicy?.kind === 'single-run') return []
    return end === -1 ? keys : keys.slice(0, end)
  }

  #isReady(number: number, stage: BackfillStage, range: PartitionRange): boolean {
    if (stage.inOrder === true && this.#hasEarlier(number, stage, range)) return false
    return stage.assets.every((key) =>
      this.#edges(key)
        .filter(({ upstreamKey, isIdentity }) => !(isIdentity && stage.assets.includes(upstreamKey)))
        .every((edge) => !this.#isPending(number, edge.upstreamKey, edge.needed(range))),
    )
  }

  /** Whether another stage has yet to make earlier partitions of the same assets once more. */
  #hasEarlier(number: number, { assets, partitions }: BackfillStage, { to }: PartitionRange): boolean {
    if (partitions === null) return false
    const from = firstPartition(partitions, this.#at) ?? to
    return assets.some((key) => this.#isPending(number, key, [{ from, to }]))
  }

  /** Whether one of these partitions of an asset is still to be made, or in a run that is not accounted for. */
  #isPending(reader: number, key: AssetKey, needed: readonly PartitionRange[]): boolean {
    const { plan, inFlight } = this.#state
    return plan.stages.some((stage, number) => {
      // What is made once more stands behind what needs it, and comes first all the same.
      if (number === reader || !stage.assets.includes(key)) return false
      const flying = inFlight.filter((cut) => cut.stage === number).flatMap(({ ranges }) => ranges.map(parsedRange))
      if (stage.partitions === null) return this.#state.cursors[number] !== null || inFlight.some((cut) => cut.stage === number)
      const order = this.#order(number, stage)
      return [...this.#left(number, stage), ...flying].some((pending) => needed.some((range) => order.overlap(pending, range)))
    })
  }

  /** What of a stage was not cut yet. */
  #left(number: number, stage: BackfillStage): readonly PartitionRange[] {
    const cursor = this.#state.cursors[number] ?? null
    if (cursor === null) return []
    return stage.ranges.slice(cursor.range).map((text, index) => {
      const range = parsedRange(text)
      return index === 0 ? { from: cursor.key, to: range.to } : range
    })
  }

  #order(number: number, stage: BackfillStage): PartitionOrder {
    const known = this.#orders.get(number) ?? partitionOrder(stage.partitions as PartitionsSpec, this.#at)
    this.#orders.set(number, known)
    return known
  }
}

interface TakenKeys {
  readonly keys: readonly string[]
  /** Of each key the range it is from. */
  readonly ranges: readonly number[]
  readonly after: StageCursor
}

function placeOf({ keys, ranges }: TakenKeys, index: number): StageCursor {
  const [key, range] = [keys[index], ranges[index]]
  return key === undefined || range === undefined ? null : { range, key }
}

/** Keys of the same range together. */
function inRows(keys: readonly string[], ranges: readonly number[]): readonly (readonly string[])[] {
  const rows = groupedBy(
    keys.map((key, index) => ({ key, range: ranges[index] })),
    ({ range }) => range,
  )
  return [...rows.values()].map((row) => row.map(({ key }) => key))
}
