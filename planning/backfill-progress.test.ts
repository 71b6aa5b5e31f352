import { describe, expect, it } from 'vitest'
import { type AnyAsset, asset } from '../definitions/asset.ts'
import type { AssetKey } from '../definitions/asset-key.ts'
import { type Definitions, definitions } from '../definitions/definitions.ts'
import { isAssetryError } from '../definitions/errors.ts'
import { input } from '../definitions/input.ts'
import type { PartitionMapping } from '../definitions/partition-mappings/partition-mapping.ts'
import {
  allPartitionsMapping,
  lastPartitionMapping,
  partitionMapping,
  specificPartitionsMapping,
  staticMapping,
  timeWindowMapping,
} from '../definitions/partition-mappings/partition-mappings.ts'
import type { PartitionMappingSpec } from '../definitions/partition-mappings/partition-mapping-spec.ts'
import { upstreamPartitions } from '../definitions/partition-mappings/upstream-partitions.ts'
import { dynamicPartitions } from '../definitions/partitions/dynamic-partitions.ts'
import { multiPartitions } from '../definitions/partitions/multi-partitions.ts'
import { partitionKeys } from '../definitions/partitions/partition-keys.ts'
import type { PartitionsDefinition } from '../definitions/partitions/partitions-definition.ts'
import { isTimeSpec, type PartitionsSpec, samePartitions } from '../definitions/partitions/partitions-spec.ts'
import { staticPartitions } from '../definitions/partitions/static-partitions.ts'
import { dailyPartitions, monthlyPartitions, weeklyPartitions } from '../definitions/partitions/window-partitions.ts'
import { type BackfillCut, type BackfillPlan, firstCursors, type StageCursor } from './backfill-plan.ts'
import { BackfillProgress, type NextCut } from './backfill-progress.ts'
import { partitionEdges } from './partition-edges.ts'
import { isLinear, keysOfRanges, rowText } from './partition-order.ts'
import { planBackfill } from './plan-backfill.ts'
import { retriedPlan } from './retried-plan.ts'
import type { AssetSnapshot, Snapshot } from './snapshot.ts'
import { snapshotOf } from './snapshot-of.ts'

const at = { now: new Date('2026-04-01'), dynamicKeys: new Map([['customers', ['zoe', 'acme', 'mid', 'beta', 'x']]]) }

const span = { start: '2026-01-10', end: '2026-03-20' }
const regions = staticPartitions(['us', 'eu', 'asia'])
const kinds: readonly (PartitionsDefinition | undefined)[] = [
  undefined,
  dailyPartitions(span),
  dailyPartitions(span),
  dailyPartitions({ ...span, exclusions: ['0 0 * * 6,0'] }),
  weeklyPartitions(span),
  monthlyPartitions({ start: '2026-01-01' }),
  regions,
  staticPartitions(['a', 'b', 'c', 'd']),
  dynamicPartitions('customers'),
  multiPartitions({ date: dailyPartitions({ start: '2026-03-28' }), region: regions }),
]

/** Assets that need each other in some way, by chance. */
interface Project {
  readonly definitions: Definitions
  readonly snapshot: Snapshot
  readonly assets: ReadonlyMap<AssetKey, AssetSnapshot>
}

async function drawnProject(random: Chance): Promise<Project> {
  const made: AnyAsset[] = []
  const count = 2 + random(5)
  for (let number = 0; number < count; number += 1) {
    const partitions = drawn(random, kinds)
    const needed = made.filter(() => random(3) === 0)
    made.push(
      asset({
        key: `asset_${number}`,
        ...(partitions && { partitions }),
        deps: needed.map((upstream) => {
          const mapping = drawnMapping(random, partitions, upstream)
          return mapping === undefined ? upstream : input(upstream, { partitionMapping: mapping })
        }),
        ...(partitions !== undefined && isTimeSpec(partitions.spec) && random(4) === 0 && { selfDependency: drawnSelf(random) }),
        materialize: () => undefined,
      }),
    )
  }
  const project = definitions({ assets: made })
  const snapshot = await snapshotOf(project)
  return { definitions: project, snapshot, assets: new Map(snapshot.assets.map((each) => [each.key, each])) }
}

function drawnSelf(random: Chance): PartitionMapping {
  const endOffset = -1 - random(2)
  return timeWindowMapping({ startOffset: endOffset - random(3), endOffset, allowNonexistent: true })
}

/** One that these partitions may have between them; undefined for what applies by itself. */
function drawnMapping(random: Chance, own: PartitionsDefinition | undefined, { partitions }: AnyAsset): PartitionMapping | undefined {
  if (partitions === undefined) return undefined
  const upstream = partitions.spec
  const keys = [...partitionKeys(upstream, at)]
  const some = (): readonly string[] => [drawn(random, keys), drawn(random, keys)]
  const any = [allPartitionsMapping, lastPartitionMapping, () => specificPartitionsMapping(some())]
  if (own === undefined) return drawn(random, any)()
  const table = () => staticMapping(Object.fromEntries(some().map((key) => [key, drawn(random, [...partitionKeys(own.spec, at)])])))
  return drawn(random, [
    ...any,
    () =>
      partitionMapping({
        upstream: (key) => keys.filter((_each, place) => (place + key.length * 7 + key.charCodeAt(key.length - 1)) % 5 === 0),
      }),
    ...(isTimeSpec(own.spec) && isTimeSpec(upstream) ? [windows, windows, windows] : []),
    ...(own.spec.kind === 'static' && upstream.kind === 'static' ? [table, table] : []),
    ...(samePartitions(own.spec, upstream) ? [none, none, none, none] : []),
  ])()

  function windows(): PartitionMapping {
    const startOffset = random(5) - 3
    return timeWindowMapping({ startOffset, endOffset: startOffset + random(3), allowNonexistent: true })
  }
}

function none(): undefined {
  return undefined
}

/** The simplest means to say what a partition needs, without ranges. Of an asset without partitions the key is empty. */
class Model {
  readonly #project: Project
  readonly #known = new Map<string, readonly Needed[]>()

  constructor(project: Project) {
    this.#project = project
  }

  keys(assetKey: AssetKey): readonly string[] {
    const spec = this.#spec(assetKey)
    return spec === undefined ? [''] : [...partitionKeys(spec, at)]
  }

  /** What a partition needs of other assets. */
  needs(assetKey: AssetKey, key: string): readonly Needed[] {
    const name = `${assetKey} ${key}`
    const known = this.#known.get(name) ?? this.#asset(assetKey).upstreamKeys.flatMap((upstream) => this.#neededOf(assetKey, key, upstream))
    this.#known.set(name, known)
    return known
  }

  /** Earlier partitions of the same asset. */
  earlier(assetKey: AssetKey, key: string): readonly string[] {
    const { selfMapping, partitions } = this.#asset(assetKey)
    if (selfMapping === undefined || partitions === null) return []
    return upstreamPartitions(selfMapping, { key, own: partitions, upstream: partitions }, at).keys
  }

  /** What a backfill of these assets has to make, of those at its beginning of these partitions. */
  targets(assetKeys: readonly AssetKey[], asked: readonly string[] | undefined): ReadonlyMap<AssetKey, ReadonlySet<string>> {
    const targets = new Map<AssetKey, ReadonlySet<string>>()
    for (const { key } of this.#project.snapshot.assets.filter((each) => assetKeys.includes(each.key))) {
      const partitioned = this.#asset(key).upstreamKeys.filter((each) => assetKeys.includes(each) && this.#spec(each) !== undefined)
      const isAsked = (partition: string): boolean => {
        if (asked === undefined || this.#spec(key) === undefined) return true
        if (partitioned.length === 0) return asked.includes(partition)
        return this.needs(key, partition).some(({ asset: needed, key: of }) => partitioned.includes(needed) && targets.get(needed)?.has(of))
      }
      targets.set(key, new Set(this.keys(key).filter(isAsked)))
    }
    return targets
  }

  #neededOf(assetKey: AssetKey, key: string, upstreamKey: AssetKey): readonly Needed[] {
    const [own, upstream] = [this.#spec(assetKey), this.#spec(upstreamKey)]
    if (upstream === undefined) return [{ asset: upstreamKey, key: '', isSame: own === undefined }]
    const declared = this.#project.definitions.assets.find((each) => each.key === assetKey)?.partitionMappings[upstreamKey]?.spec
    const mapping: PartitionMappingSpec = declared ?? { kind: 'identity' }
    const needing = { key: own === undefined ? undefined : key, own, upstream }
    return upstreamPartitions(mapping, needing, at).keys.map((each) => ({
      asset: upstreamKey,
      key: each,
      isSame: mapping.kind === 'identity',
    }))
  }

  #spec(key: AssetKey): PartitionsSpec | undefined {
    return this.#asset(key).partitions ?? undefined
  }

  #asset(key: AssetKey): AssetSnapshot {
    return this.#project.assets.get(key) as AssetSnapshot
  }
}

interface Needed {
  readonly asset: AssetKey
  readonly key: string
  /** Whether the one partition needs just the same one of the other asset. */
  readonly isSame: boolean
}

/** A run that was cut and has not ended. */
interface Flying {
  readonly cut: BackfillCut
  readonly assets: readonly AssetKey[]
  readonly keys: readonly string[]
}

/** Carries out a backfill with runs that take as much, and end in such an order, as chance will have it. */
class Simulation {
  readonly #project: Project
  readonly #model: Model
  readonly #random: Chance
  #plan: BackfillPlan
  #cursors: readonly StageCursor[]
  readonly #flying: Flying[] = []
  /** What is neither cut nor made, and what is not made. */
  readonly #uncut = new Set<string>()
  readonly #unmade = new Set<string>()
  readonly #failed = new Map<AssetKey, Set<string>>()
  #retries: number

  constructor(project: Project, plan: BackfillPlan, random: Chance) {
    this.#project = project
    this.#model = new Model(project)
    this.#random = random
    this.#plan = plan
    this.#cursors = firstCursors(plan)
    this.#retries = random(3)
    this.#target(plan.stages)
  }

  /** How many runs it took. */
  toItsEnd(): number {
    const [mostFlying, mostKeys] = [1 + this.#random(5), 1 + this.#random(40)]
    let runs = 0
    for (;;) {
      const progress = this.#progress()
      const next = this.#flying.length < mostFlying ? progress.next(() => 1 + this.#random(mostKeys)) : undefined
      if (next !== undefined) {
        this.#cut(next)
        runs += 1
      } else if (this.#flying.length > 0) this.#end(this.#random(this.#flying.length))
      else if (!this.#retry()) {
        expect([progress.isDone, [...this.#uncut], [...this.#unmade]]).toEqual([true, [], []])
        return runs
      }
      if (this.#flying.length > 0 && this.#random(4) === 0) this.#end(this.#random(this.#flying.length))
      if (this.#random(20) === 0) this.#retry()
    }
  }

  #progress(): BackfillProgress {
    const { assets, definitions: project } = this.#project
    const own = new Set(this.#plan.stages.flatMap((stage) => stage.assets))
    const functions = (key: AssetKey, upstreamKey: AssetKey) =>
      project.assets.find((each) => each.key === key)?.partitionMappings[upstreamKey]?.spec
    const edges = (key: AssetKey) =>
      partitionEdges(assets.get(key) as AssetSnapshot, assets, at, functions).filter(({ upstreamKey }) => own.has(upstreamKey))
    return new BackfillProgress({ plan: this.#plan, cursors: this.#cursors, inFlight: this.#flying.map(({ cut }) => cut) }, edges, at)
  }

  #cut({ stage, keys: rows, cursors }: NextCut): void {
    const { assets, partitions } = this.#plan.stages[stage] as BackfillPlan['stages'][number]
    const keys = partitions === null ? [''] : rows.flat()
    expect(keys.length).toBeGreaterThan(0)
    if (partitions !== null && isLinear(partitions))
      for (const row of rows) expect([...keysOfRanges(partitions, [rowText(row)], at)]).toEqual(row)
    for (const [place, key] of keys.entries()) {
      for (const assetKey of assets) {
        expect([assetKey, key, this.#uncut.delete(nameOf(assetKey, key))]).toEqual([assetKey, key, true])
        this.#expectReady(assetKey, key, { assets, before: keys.slice(0, place) })
      }
    }
    this.#cursors = cursors
    this.#flying.push({ cut: { stage, ranges: partitions === null ? [''] : rows.map(rowText), count: keys.length }, assets, keys })
  }

  /** Whatever it needs was made, or is made before it in the same run. */
  #expectReady(assetKey: AssetKey, key: string, run: { readonly assets: readonly AssetKey[]; readonly before: readonly string[] }): void {
    const missing = this.#model
      .needs(assetKey, key)
      .filter((needed) => this.#unmade.has(nameOf(needed.asset, needed.key)))
      .filter((needed) => !(needed.isSame && needed.key === key && run.assets.includes(needed.asset)))
    const earlier = this.#model
      .earlier(assetKey, key)
      .filter((each) => this.#unmade.has(nameOf(assetKey, each)) && !run.before.includes(each))
    expect([assetKey, key, missing, earlier]).toEqual([assetKey, key, [], []])
  }

  #end(index: number): void {
    const [ended] = this.#flying.splice(index, 1)
    const isBad = this.#random(3) === 0
    for (const assetKey of ended?.assets ?? [])
      for (const key of ended?.keys ?? []) {
        this.#unmade.delete(nameOf(assetKey, key))
        if (!isBad || this.#random(3) > 0) continue
        const failed = this.#failed.get(assetKey) ?? new Set()
        this.#failed.set(assetKey, failed.add(key))
      }
  }

  #retry(): boolean {
    if (this.#failed.size === 0 || this.#retries === 0) return false
    this.#retries -= 1
    const before = this.#plan.stages.length
    const retried = retriedPlan({ plan: this.#plan, cursors: this.#cursors }, this.#failed, at)
    this.#plan = retried.plan
    this.#cursors = retried.cursors
    const again = retried.plan.stages.slice(before)
    expect(keysByAsset(again)).toEqual(this.#failed)
    this.#target(again)
    this.#failed.clear()
    return true
  }

  #target(stages: BackfillPlan['stages']): void {
    for (const [assetKey, keys] of keysByAsset(stages))
      for (const key of keys) {
        this.#uncut.add(nameOf(assetKey, key))
        this.#unmade.add(nameOf(assetKey, key))
      }
  }
}

function nameOf(assetKey: AssetKey, key: string): string {
  return `${assetKey} ${key}`
}

function keysByAsset(stages: BackfillPlan['stages']): ReadonlyMap<AssetKey, ReadonlySet<string>> {
  const found = new Map<AssetKey, Set<string>>()
  for (const { assets, partitions, ranges, count } of stages) {
    const keys = partitions === null ? [''] : [...keysOfRanges(partitions, ranges, at)]
    expect([ranges, keys.length]).toEqual([ranges, count])
    for (const key of assets) found.set(key, new Set([...(found.get(key) ?? []), ...keys]))
  }
  return found
}

/** The plan of some of the assets, and of some partitions of those at the beginning; undefined where that can't be asked. */
function drawnPlan(
  random: Chance,
  project: Project,
): { readonly plan: BackfillPlan; readonly asked: readonly string[] | undefined } | undefined {
  const assetKeys = project.snapshot.assets.flatMap(({ key }) => (random(4) > 0 ? [key] : []))
  try {
    const plan = planBackfill(project.snapshot, { assetKeys }, at)
    const spec = plan.stages.find(({ partitions }) => partitions !== null)?.partitions
    if (random(2) === 0 || !spec) return { plan, asked: undefined }
    const ranges = Array.from({ length: 1 + random(4) }, () => drawnRange(random, spec))
    const asked = [...keysOfRanges(spec, ranges, at)]
    return { plan: planBackfill(project.snapshot, { assetKeys, partitions: ranges }, at), asked }
  } catch (error) {
    // A mapping function is not in the snapshot, so that what is downstream of some partitions is not known.
    if (isAssetryError(error) && ['NOT_PARTITIONED', 'PARTITIONS_DIFFER', 'PARTITION_MAPPING_INVALID'].includes(error.code))
      return undefined
    throw error
  }
}

/** A key as often as not. Of several dimensions the later key may be no end of a range. */
function drawnRange(random: Chance, spec: PartitionsSpec): string {
  const keys = [...partitionKeys(spec, at)]
  const from = random(keys.length)
  const to = from + random(Math.min(12, keys.length - from))
  if (random(2) === 0 || spec.kind === 'multi') return keys[from] ?? ''
  return rowText(keys.slice(from, to + 1))
}

describe('a backfill, whatever assets there are and however its runs end', () => {
  it.each(Array.from({ length: 10 }, (_each, seed) => seed + 1))('cuts each partition once, after all that it needs (%i)', async (seed) => {
    const random = chance(seed * 7_919)
    for (let round = 0; round < 30; round += 1) {
      const project = await drawnProject(random)
      const planned = drawnPlan(random, project)
      if (planned === undefined) continue
      const { plan, asked } = planned
      const assetKeys = plan.stages.flatMap(({ assets }) => assets)
      expect(keysByAsset(plan.stages)).toEqual(new Model(project).targets(assetKeys, asked))
      expect(new Simulation(project, plan, random).toItsEnd()).toBeGreaterThan(0)
    }
  })
})

it('is refused to go on where the dynamic partition is gone at which it stands', async () => {
  const partitions = dynamicPartitions('customers')
  const snapshot = await snapshotOf(definitions({ assets: [asset({ key: 'invoices', partitions, materialize: () => undefined })] }))
  const plan = planBackfill(snapshot, { assetKeys: ['invoices'] }, at)
  const next = new BackfillProgress({ plan, cursors: firstCursors(plan), inFlight: [] }, () => [], at).next(() => 2)
  expect(next).toEqual({ stage: 0, keys: [['zoe', 'acme']], cursors: [{ range: 0, key: 'mid' }] })
  const later = { ...at, dynamicKeys: new Map([['customers', ['zoe', 'acme', 'beta', 'x']]]) }
  const progress = new BackfillProgress({ plan, cursors: next?.cursors ?? [], inFlight: [] }, () => [], later)
  expect(() => progress.next(() => 2)).toThrow(
    expect.objectContaining({ code: 'PARTITION_UNKNOWN', facts: expect.objectContaining({ partitionKey: 'mid' }) }),
  )
})

type Chance = (below: number) => number

function drawn<TItem>(random: Chance, items: readonly TItem[]): TItem {
  return items[random(items.length)] as TItem
}

/** Numbers from 0 to below `below`, the same in each run of the tests. */
function chance(seed: number): Chance {
  let state = seed
  return (below) => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648
    return Math.floor((state / 2_147_483_648) * below)
  }
}
