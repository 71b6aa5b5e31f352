import type { AnyAsset } from './asset.ts'
import { type AssetSelection, parseSelection } from './asset-selection.ts'
import type { Job } from './job.ts'
import { type PartitionsSpec, samePartitions } from './partitions/partitions-spec.ts'
import { selectedKeys } from './selection-evaluation.ts'
import type { Target } from './target.ts'

/** An asset that a run of a target makes, with its partitions. */
export interface PartitionedAsset {
  readonly key: string
  readonly partitions: PartitionsSpec
}

/**
 * What a target's runs make that has partitions, the first asset of each definition; empty where nothing has, or where its job is unknown.
 *
 * @throws `SELECTION_SYNTAX`
 */
export function targetPartitions(assets: readonly AnyAsset[], jobs: readonly Job[], target: Target): readonly PartitionedAsset[] {
  const keys = new Set(selectionsOf(jobs, target).flatMap(({ node }) => [...selectedKeys(assets, node)]))
  const made = assets.filter(({ key, origin }) => keys.has(key) && origin.kind !== 'external')
  const partitioned = made.flatMap(({ key, partitions }) => (partitions === undefined ? [] : [{ key, partitions: partitions.spec }]))
  return partitioned.filter((each, index) => partitioned.findIndex((other) => samePartitions(other.partitions, each.partitions)) === index)
}

function selectionsOf(jobs: readonly Job[], target: Target): readonly AssetSelection[] {
  if (target.selection !== null) return [parseSelection(target.selection)]
  return jobs.flatMap((job) => (job.kind === 'assets' && target.jobs.includes(job.name) ? [job.selection] : []))
}
