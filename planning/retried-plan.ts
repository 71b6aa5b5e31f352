import type { AssetKey } from '../definitions/asset-key.ts'
import type { AtTime } from '../definitions/partitions/partition-keys.ts'
import { type BackfillPlan, type BackfillStage, firstCursors, type StageCursor } from './backfill-plan.ts'
import { partitionOrder, rangeText } from './partition-order.ts'

/**
 * A backfill's plan with what was not made once more, in stages behind those it has: in their order, so that each comes
 * after what it needs.
 *
 * @param failed - keys of the partitions that were not made, by asset; of an asset without partitions an empty one
 */
export function retriedPlan(
  { plan, cursors }: { readonly plan: BackfillPlan; readonly cursors: readonly StageCursor[] },
  failed: ReadonlyMap<AssetKey, ReadonlySet<string>>,
  at: AtTime,
): { readonly plan: BackfillPlan; readonly cursors: readonly StageCursor[] } {
  const seen = new Set<AssetKey>()
  const added: BackfillStage[] = []
  for (const stage of plan.stages) {
    for (const asset of stage.assets) {
      const keys = failed.get(asset)
      if (keys === undefined || keys.size === 0 || seen.has(asset)) continue
      seen.add(asset)
      added.push(stageAgain(stage, asset, keys, at))
    }
  }
  // Positions of stages stand in the cuts of runs: none is taken away.
  return { plan: { version: 1, stages: [...plan.stages, ...added] }, cursors: [...cursors, ...firstCursors({ stages: added })] }
}

function stageAgain({ partitions, inOrder }: BackfillStage, asset: AssetKey, keys: ReadonlySet<string>, at: AtTime): BackfillStage {
  const shared = { assets: [asset], partitions, ...(inOrder === true && { inOrder }) }
  if (partitions === null) return { ...shared, ranges: [''], count: 1 }
  const ranges = partitionOrder(partitions, at).merged([...keys].map((key) => ({ from: key, to: key })))
  return { ...shared, ranges: ranges.map(rangeText), count: keys.size }
}
