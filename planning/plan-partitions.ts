import type { AssetKey } from '../definitions/asset-key.ts'
import { rangesOf, rowText } from './partition-order.ts'
import { planRun } from './plan-run.ts'
import type { PlanStep, RunPlan } from './run-plan.ts'
import type { Snapshot } from './snapshot.ts'

/** What a run of many partitions is planned from. */
export interface PartitionedRun {
  readonly assetKeys: readonly AssetKey[]
  /** Keys in their order, those together that one step carries. */
  readonly groups: readonly (readonly string[])[]
  /** Whether keys that follow each other may be told by the first and the last of them. */
  readonly asRanges: boolean
  /** Keys that don't follow the one before them in their group. @default none: all of a group follow each other */
  readonly gaps?: ReadonlySet<string>
  /** Partitions that are left out, by asset. */
  readonly excluded: ReadonlyMap<AssetKey, ReadonlySet<string>>
  /** Whether a partition goes on although one that it needs has failed. */
  readonly continues: boolean
  /** Given where a partition needs earlier ones of the same asset. */
  readonly inOrder?: boolean
}

/**
 * The plan of a run that makes many partitions of assets which need just the same one of each other: the steps of a run of
 * one partition, once for each group of keys.
 *
 * @throws `UNKNOWN_ASSET`, `EMPTY_SELECTION`
 */
export function planPartitions(snapshot: Snapshot, run: PartitionedRun): RunPlan {
  const { steps } = planRun(snapshot, run.assetKeys)
  const upstream = new Map(
    snapshot.assets.map(({ key, upstreamKeys }) => [key, upstreamKeys.filter((each) => run.assetKeys.includes(each))]),
  )
  return {
    version: 1,
    steps: run.groups.flatMap((keys, group) => {
      const first = group * steps.length
      return steps.map((step, position) =>
        placed(step, { run, upstream, keys, first, before: group === 0 ? undefined : first - steps.length + position }),
      )
    }),
  }
}

interface Place {
  readonly run: PartitionedRun
  readonly upstream: ReadonlyMap<AssetKey, readonly AssetKey[]>
  readonly keys: readonly string[]
  /** Position of the group's first step. */
  readonly first: number
  /** Position of the same step of the group before. */
  readonly before: number | undefined
}

function placed(step: PlanStep, { run, upstream, keys, first, before }: Place): PlanStep {
  const made = step.assets ?? (step.asset === undefined ? [] : [step.asset])
  const left = keys.filter((key) => !made.some((asset) => run.excluded.get(asset)?.has(key)))
  const upstreamKeys = made.flatMap((asset) => upstream.get(asset) ?? [])
  // A partition that needs earlier ones of its asset needs the asset.
  const needs = step.kind === 'check' ? made : [...new Set([...upstreamKeys, ...(run.inOrder === true ? made : [])])]
  const after = [...step.after.map((position) => position + first), ...(run.inOrder === true && before !== undefined ? [before] : [])]
  return {
    ...step,
    key: `${step.key}[${rowText(keys)}]`,
    after: after.toSorted((one, other) => one - other),
    ...(step.inputs && {
      inputs: step.inputs.map((input) => ({ ...input, from: input.from.map(([position, output]) => [position + first, output] as const) })),
    }),
    partitions: run.asRanges ? rangesOf(left, following(keys, run.gaps)) : left,
    partitionCount: left.length,
    ...(needs.length > 0 && !run.continues && { needs }),
    ...(run.inOrder === true && { inOrder: true as const }),
  }
}

/** Whether a key of a group follows another one directly. */
function following(keys: readonly string[], gaps: ReadonlySet<string> | undefined): (key: string, next: string) => boolean {
  const places = new Map(keys.map((key, place) => [key, place]))
  return (key, next) => gaps?.has(next) !== true && places.get(next) === (places.get(key) ?? 0) + 1
}

/** Keys that follow each other, so many together. */
export function groupsOf(keys: readonly string[], size: number): readonly (readonly string[])[] {
  return Array.from({ length: Math.ceil(keys.length / size) }, (_, index) => keys.slice(index * size, (index + 1) * size))
}
