import type { AssetKey } from '../definitions/asset-key.ts'
import type { BackfillPolicySpec } from '../definitions/backfill-policy.ts'
import type { PartitionsSpec } from '../definitions/partitions/partitions-spec.ts'

/** What a backfill will do, as plain data: its stages, each after those it needs. */
export interface BackfillPlan {
  readonly version: 1
  readonly stages: readonly BackfillStage[]
}

/** Assets with the same partitions and backfill policy, of which each partition needs only the same one of the others: runs are cut from a stage. */
export interface BackfillStage {
  /** Each after those it needs. */
  readonly assets: readonly AssetKey[]
  /** Null for assets without partitions, which are made once. */
  readonly partitions: PartitionsSpec | null
  /** Which partitions, in their order: `2026-01-01...2026-01-31`, or a key. */
  readonly ranges: readonly string[]
  /** How many partitions these are; 1 for assets without. */
  readonly count: number
  /** Given where a partition needs earlier ones of the same asset: they are made in their order. */
  readonly inOrder?: true
  /** Given where the functions of its assets make several partitions at once. */
  readonly backfillPolicy?: BackfillPolicySpec
}

/** Where the next run is cut from a stage: the range, and the key in it; null where there is nothing left. */
export type StageCursor = { readonly range: number; readonly key: string } | null

/** What a run was cut to do. */
export interface BackfillCut {
  /** Position of its stage in the plan. */
  readonly stage: number
  /** Ranges of partitions; none for assets without. */
  readonly ranges: readonly string[]
  /** How many partitions of all assets it was to make. */
  readonly count: number
}

/** The beginning of each stage. */
export function firstCursors({ stages }: Pick<BackfillPlan, 'stages'>): readonly StageCursor[] {
  return stages.map(({ ranges: [first] }) => (first === undefined ? null : { range: 0, key: firstKeyOf(first) }))
}

/** The key at which a range begins. */
export function firstKeyOf(range: string): string {
  return range.split('...')[0] ?? range
}
