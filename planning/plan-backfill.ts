import type { AssetKey } from '../definitions/asset-key.ts'
import { AssetryError } from '../definitions/errors.ts'
import { groupedBy } from '../definitions/grouped-by.ts'
import type { AtTime } from '../definitions/partitions/partition-keys.ts'
import type { PartitionRange } from '../definitions/partitions/partition-range.ts'
import { type PartitionsSpec, samePartitions } from '../definitions/partitions/partitions-spec.ts'
import { partitionsText } from '../definitions/partitions/partitions-text.ts'
import { buildAssetGraph } from './asset-graph.ts'
import type { BackfillPlan, BackfillStage } from './backfill-plan.ts'
import { allOf, type PartitionEdge, partitionEdges, whole } from './partition-edges.ts'
import { partitionOrder, rangeText } from './partition-order.ts'
import { checkedRange } from './run-partition.ts'
import type { AssetSnapshot, Snapshot } from './snapshot.ts'

/** What a backfill is asked to make. */
export interface BackfillTarget {
  readonly assetKeys: readonly AssetKey[]
  /** Ranges or keys of the partitions of the assets that need no other of the selection with partitions. @default all of all */
  readonly partitions?: readonly string[] | undefined
}

/**
 * The plan of a backfill: which partitions of which assets, in stages. Of assets downstream it has the partitions that are
 * made from those that were asked for. Assets that are made outside, or only observed, are left out.
 *
 * @param at - the time at which the backfill was asked for: partitions that come later are no part of it
 * @throws `NOT_PARTITIONED`, `PARTITIONS_DIFFER`, `PARTITION_UNKNOWN`, `ASSET_CYCLE`; `PARTITION_MAPPING_INVALID` where it depends on a
 *   mapping function, which no snapshot carries, what is made from the partitions that were asked for
 */
export function planBackfill(snapshot: Snapshot, target: BackfillTarget, at: AtTime): BackfillPlan {
  const assets = new Map(snapshot.assets.map((asset) => [asset.key, asset]))
  const selected = selectedAssets(snapshot, assets, target.assetKeys)
  const edges = new Map(
    selected.map((asset) => [asset.key, partitionEdges(asset, assets, at).filter(({ upstreamKey }) => selected.some(isKey(upstreamKey)))]),
  )
  const targets = targetsOf(selected, edges, target.partitions, at)
  return { version: 1, stages: stagesOf(selected, edges, targets, at) }
}

type Edges = ReadonlyMap<AssetKey, readonly PartitionEdge[]>
/** Ranges by asset; of one without partitions the whole. */
type Targets = ReadonlyMap<AssetKey, readonly PartitionRange[]>

function isKey(key: AssetKey): (asset: AssetSnapshot) => boolean {
  return (asset) => asset.key === key
}

/** In an order in which each comes after those it needs. */
function selectedAssets(
  snapshot: Snapshot,
  assets: ReadonlyMap<AssetKey, AssetSnapshot>,
  keys: readonly AssetKey[],
): readonly AssetSnapshot[] {
  const asked = new Set(keys)
  const isMade = ({ key, origin }: AssetSnapshot): boolean => asked.has(key) && origin !== 'external' && origin !== 'observable'
  const selected = buildAssetGraph(snapshot.assets).order.flatMap((key) => {
    const asset = assets.get(key)
    return asset !== undefined && isMade(asset) ? [asset] : []
  })
  if (selected.some(({ partitions }) => partitions)) return selected
  const names = keys.slice(0, 10).join(', ')
  throw new AssetryError(
    'NOT_PARTITIONED',
    `A backfill makes many partitions, but none of these assets has any that Assetry makes: ${names}${keys.length > 10 ? ', …' : ''}. Run them instead: assetry asset materialize.`,
    { facts: { assetKeys: keys.slice(0, 100) } },
  )
}

function targetsOf(selected: readonly AssetSnapshot[], edges: Edges, asked: readonly string[] | undefined, at: AtTime): Targets {
  const targets = new Map<AssetKey, readonly PartitionRange[]>()
  if (asked !== undefined) refuseDifferentRoots(selected, edges)
  for (const { key, partitions } of selected) {
    if (!partitions) targets.set(key, [whole])
    else targets.set(key, asked === undefined ? allOf(partitions, at) : rangesOf(key, partitions, asked))
  }
  return targets

  function rangesOf(key: AssetKey, spec: PartitionsSpec, ranges: readonly string[]): readonly PartitionRange[] {
    const order = partitionOrder(spec, at)
    const partitioned = partitionedUpstream(selected, edges, key)
    if (partitioned.length === 0) return order.merged(ranges.map((range) => checkedRange(spec, range, at)))
    return order.merged(partitioned.flatMap(({ upstreamKey, dependents }) => (targets.get(upstreamKey) ?? []).flatMap(dependents)))
  }
}

function partitionedUpstream(selected: readonly AssetSnapshot[], edges: Edges, key: AssetKey): readonly PartitionEdge[] {
  return (edges.get(key) ?? []).filter(({ upstreamKey }) => selected.find(isKey(upstreamKey))?.partitions)
}

/** A range names partitions of one definition: that of the assets which need no other of the backfill. */
function refuseDifferentRoots(selected: readonly AssetSnapshot[], edges: Edges): void {
  const roots = selected.flatMap(({ key, partitions }) =>
    partitions && partitionedUpstream(selected, edges, key).length === 0 ? [{ key, partitions }] : [],
  )
  const [first, ...others] = roots
  const other = others.find(({ partitions }) => first !== undefined && !samePartitions(first.partitions, partitions))
  if (first === undefined || other === undefined) return
  throw new AssetryError(
    'PARTITIONS_DIFFER',
    `The partitions that a backfill names are those of the assets at its beginning, but asset "${first.key}" has ${partitionsText(first.partitions)}, ` +
      `and asset "${other.key}" has ${partitionsText(other.partitions)}. Backfill them one after another, or all of their partitions.`,
    { facts: { assetKeys: [first.key, other.key] } },
  )
}

/** Assets of one level, with the same partitions of the same ranges, made at the same pace, are one stage. */
function stagesOf(selected: readonly AssetSnapshot[], edges: Edges, targets: Targets, at: AtTime): readonly BackfillStage[] {
  const textOf = (key: AssetKey): string => (targets.get(key) ?? []).map(rangeText).join()
  const levels = new Map<AssetKey, number>()
  const byKey = new Map(selected.map((asset) => [asset.key, asset]))
  for (const asset of selected) {
    const { key } = asset
    const above = (edges.get(key) ?? []).map(({ upstreamKey, isIdentity }) => {
      const isSame = isIdentity && textOf(key) === textOf(upstreamKey) && paceOf(asset) === paceOf(byKey.get(upstreamKey))
      return (levels.get(upstreamKey) ?? 0) + (isSame ? 0 : 1)
    })
    levels.set(key, Math.max(0, ...above))
  }
  const groups = groupedBy(selected, (asset) =>
    JSON.stringify([levels.get(asset.key), asset.partitions ?? null, textOf(asset.key), paceOf(asset)]),
  )
  return [...groups.values()]
    .toSorted(([one], [other]) => (levels.get(one?.key ?? '') ?? 0) - (levels.get(other?.key ?? '') ?? 0))
    .map((members) => stageOf(members, targets, at))
}

/** Whether its partitions need earlier ones of it. */
function isInOrder(asset: AssetSnapshot | undefined): boolean {
  return asset?.selfMapping !== undefined
}

/** What assets of one stage have in common: how many partitions go together, and in which order. */
function paceOf(asset: AssetSnapshot | undefined): string {
  return JSON.stringify([isInOrder(asset), asset?.backfillPolicy ?? null])
}

function stageOf(members: readonly AssetSnapshot[], targets: Targets, at: AtTime): BackfillStage {
  const [first] = members
  const spec = first?.partitions ?? null
  const ranges = targets.get(first?.key ?? '') ?? []
  const assets = members.map(({ key }) => key)
  if (spec === null) return { assets, partitions: null, ranges: [''], count: 1 }
  const order = partitionOrder(spec, at)
  return {
    assets,
    partitions: spec,
    ranges: ranges.map(rangeText),
    count: ranges.reduce((sum, range) => sum + order.count(range), 0),
    ...(isInOrder(first) && { inOrder: true }),
    ...(first?.backfillPolicy && { backfillPolicy: first.backfillPolicy }),
  }
}
