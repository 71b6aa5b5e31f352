import type { AssetKey } from '../definitions/asset-key.ts'
import { type BackfillPolicySpec, mostPartitionsPerCall, partitionsPerCall } from '../definitions/backfill-policy.ts'
import type { AtTime } from '../definitions/partitions/partition-keys.ts'
import type { BackfillWork, PartitionFailure } from '../metadata/stores/backfill-store.ts'
import type { BackfillStage } from '../planning/backfill-plan.ts'
import type { NextCut } from '../planning/backfill-progress.ts'
import type { PartitionEdge } from '../planning/partition-edges.ts'
import { isLinear, keysOfRanges, rangeText, rowText } from '../planning/partition-order.ts'
import { partitionsPerStep, slowestPartitionMs, stepWorkMs } from '../planning/partitions-per-step.ts'
import { groupsOf, planPartitions } from '../planning/plan-partitions.ts'
import { planRun } from '../planning/plan-run.ts'
import type { RunPlan } from '../planning/run-plan.ts'
import { idOf } from './id-of.ts'
import type { WorkerParts } from './worker-parts.ts'

/** Runs of a backfill at a time. Two keep two cores busy while one of them begins or ends; what they do side by side is bounded by its concurrency. */
export const runsAtOnce = 4

/** About how long a run of a backfill lasts, so that what comes after it need not wait for long. Unit: milliseconds. */
const runMs = 15_000

/** Most steps of an asset in a run. */
const mostSteps = 250

/** Most partitions of a run: as many keys are in memory while it is cut. */
const mostPerRun = mostPartitionsPerCall

/** Most partitions of a step whose keys are told one by one: with their longest keys, of 255 characters, they pass as one payload. */
const mostListed = 5_000

/** How many partitions go together. */
interface Sizes {
  readonly perStep: number
  readonly perRun: number
}

/** Cuts runs off a backfill. */
export class BackfillCutter {
  readonly #parts: WorkerParts
  readonly #work: BackfillWork
  readonly #edges: (key: AssetKey) => readonly PartitionEdge[]
  readonly #at: AtTime
  readonly #sizes = new Map<BackfillStage, Sizes>()

  constructor(
    parts: WorkerParts,
    { work, edges, at }: { readonly work: BackfillWork; readonly edges: (key: AssetKey) => readonly PartitionEdge[]; readonly at: AtTime },
  ) {
    this.#parts = parts
    this.#work = work
    this.#edges = edges
    this.#at = at
  }

  /** By stage, as far as there is something left of it: cheap partitions go together, and dear ones each by themselves. */
  async limits(): Promise<ReadonlyMap<BackfillStage, Sizes>> {
    for (const [number, stage] of this.#work.plan.stages.entries()) {
      if (this.#work.cursors[number] !== null) this.#sizes.set(stage, await this.#sizesOf(stage))
    }
    return this.#sizes
  }

  async #sizesOf(stage: BackfillStage): Promise<Sizes> {
    const { assets, inOrder, backfillPolicy } = stage
    const known = await Promise.all(assets.map((key) => this.#parts.store.backfills.partitionMs(key)))
    const partitionMs = slowestPartitionMs(known)
    const { concurrency, partitionsPerStep: most } = this.#work.backfill
    const perCall = backfillPolicy === undefined ? undefined : Math.min(mostPerCall(stage, backfillPolicy), most ?? Infinity)
    const perStep = perCall ?? partitionsPerStep(partitionMs, most)
    if (backfillPolicy?.kind === 'single-run') return { perStep, perRun: perStep }
    const stepsAtOnce = inOrder === true ? 1 : Math.ceil(concurrency / runsAtOnce)
    const rounds = Math.max(1, Math.floor(runMs / Math.max(stepWorkMs, partitionMs * perStep)))
    const steps = Math.min(mostSteps, stepsAtOnce * rounds)
    return { perStep, perRun: Math.max(perStep, Math.min(mostPerRun, steps * perStep)) }
  }

  async cut(next: NextCut): Promise<boolean> {
    const stage = this.#work.plan.stages[next.stage] as BackfillStage
    return stage.partitions === null ? this.#cutWhole(next, stage) : this.#cutPartitions(next, stage)
  }

  /** Assets without partitions: made once, unless what they need failed. */
  async #cutWhole(next: NextCut, stage: BackfillStage): Promise<boolean> {
    const excluded = await this.#excluded(stage, [''])
    const made = stage.assets.filter((key) => !excluded.has(key))
    const plan = made.length === 0 ? undefined : planRun(this.#parts.snapshot, made)
    return this.#record(next, { plan, ranges: [''], made: made.map((assetKey) => ({ assetKey, count: 1 })), skips: skipsOf(excluded) })
  }

  async #cutPartitions(next: NextCut, stage: BackfillStage): Promise<boolean> {
    const { continues } = this.#work.backfill
    const sizes = this.#sizes.get(stage) ?? (await this.#sizesOf(stage))
    const keys = next.keys.flat()
    const excluded = await this.#excluded(stage, keys)
    const made = stage.assets.map((assetKey) => ({ assetKey, count: keys.length - (excluded.get(assetKey)?.size ?? 0) }))
    const groups =
      stage.backfillPolicy === undefined ? next.keys.flatMap((row) => groupsOf(row, sizes.perStep)) : groupsOf(keys, sizes.perStep)
    const plan = made.every(({ count }) => count === 0)
      ? undefined
      : planPartitions(this.#parts.snapshot, {
          assetKeys: stage.assets,
          groups,
          asRanges: stage.partitions !== null && isLinear(stage.partitions),
          gaps: new Set(next.keys.flatMap((row) => row.slice(0, 1))),
          excluded: new Map([...excluded].map(([key, because]) => [key, new Set(because.keys())])),
          continues,
          ...(stage.inOrder === true && { inOrder: true }),
        })
    return this.#record(next, {
      plan,
      ranges: next.keys.map(rowText),
      made,
      skips: skipsOf(excluded),
    })
  }

  async #record(
    { stage, cursors }: NextCut,
    cut: {
      readonly plan: RunPlan | undefined
      readonly ranges: readonly string[]
      readonly made: readonly { readonly assetKey: AssetKey; readonly count: number }[]
      readonly skips: readonly PartitionFailure[]
    },
  ): Promise<boolean> {
    const { backfill, cuts } = this.#work
    const { backfillId, codeLocation, snapshotHash, jobName, selection, runConfig, tags } = backfill
    const asked = new Map(cut.made.map((each) => [each.assetKey, each.count]))
    for (const { assetKey } of cut.skips) asked.set(assetKey, (asked.get(assetKey) ?? 0) + 1)
    const requested = [...asked].map(([assetKey, number]) => ({ assetKey, count: number }))
    const count = cut.made.reduce((sum, each) => sum + each.count, 0)
    const run = cut.plan && {
      // The same cut has the same run, whoever makes it.
      runId: idOf(`${backfillId} ${cuts}`),
      codeLocation,
      snapshotHash,
      jobName,
      selection,
      plan: cut.plan,
      runConfig,
      tags,
      partitions: cut.ranges,
      cut: { stage, ranges: cut.ranges, count },
    }
    return this.#parts.store.backfills.cut({ backfillId, cuts, cursors, ...(run && { run }), requested, skips: cut.skips })
  }

  /** Partitions of each asset of a stage that are left out, with the asset on whose account. */
  async #excluded(stage: BackfillStage, keys: readonly string[]): Promise<ReadonlyMap<AssetKey, ReadonlyMap<string, AssetKey>>> {
    const excluded = new Map<AssetKey, ReadonlyMap<string, AssetKey>>()
    const { backfillId, continues } = this.#work.backfill
    if (continues) return excluded
    const outside = (key: AssetKey) => this.#edges(key).filter(({ upstreamKey }) => !stage.assets.includes(upstreamKey))
    const failed = await this.#parts.store.backfills.failedKeys({ backfillId }, [
      ...new Set(stage.assets.flatMap((key) => outside(key).map(({ upstreamKey }) => upstreamKey))),
    ])
    if (failed.size === 0) return excluded
    for (const assetKey of stage.assets) {
      const because = new Map<string, AssetKey>()
      for (const edge of outside(assetKey)) {
        const broken = failed.get(edge.upstreamKey)
        if (broken === undefined) continue
        for (const key of keys) if (!because.has(key) && this.#needsOne(edge, key, broken)) because.set(key, edge.upstreamKey)
      }
      if (because.size > 0) excluded.set(assetKey, because)
    }
    return excluded
  }

  #needsOne(edge: PartitionEdge, key: string, broken: ReadonlySet<string>): boolean {
    const spec = this.#parts.snapshot.assets.find((asset) => asset.key === edge.upstreamKey)?.partitions ?? null
    if (spec === null) return broken.size > 0
    for (const needed of keysOfRanges(spec, edge.needed({ from: key, to: key }).map(rangeText), this.#at))
      if (broken.has(needed)) return true
    return false
  }
}

/** What was left out, one by one. */
function skipsOf(excluded: ReadonlyMap<AssetKey, ReadonlyMap<string, AssetKey>>): readonly PartitionFailure[] {
  return [...excluded].flatMap(([assetKey, causes]) =>
    [...causes].map(([partitionKey, because]) => ({ assetKey, partitionKey, kind: 'SKIPPED' as const, because })),
  )
}

function mostPerCall({ partitions }: BackfillStage, policy: BackfillPolicySpec): number {
  const isListed = partitions !== null && !isLinear(partitions)
  return Math.min(partitionsPerCall(policy), isListed ? mostListed : Infinity)
}
