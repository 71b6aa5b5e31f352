import type { AnyAsset } from './asset.ts'
import { type Finding, isAssetryError } from './errors.ts'
import type { Job } from './job.ts'
import { partitionedTiming } from './partitioned-timing.ts'
import { partitionsText } from './partitions/partitions-text.ts'
import type { Schedule } from './schedule.ts'
import { type PartitionedAsset, targetPartitions } from './target-partitions.ts'

/** What is wrong with a schedule whose ticks follow from the partitions of its assets: that these say no times, or several. */
export function scheduleFindings(schedule: Schedule, assets: readonly AnyAsset[], jobs: readonly Job[]): readonly Finding[] {
  const { name, target, timing } = schedule
  if (timing.kind !== 'partitions' || !target.jobs.every((job) => jobs.some((each) => each.name === job))) return []
  const finding = (code: Finding['code'], text: string): readonly Finding[] => [
    { code, path: `schedules.${name}`, message: `Schedule "${name}": ${text}` },
  ]
  const partitioned = partitionsOf(schedule, assets, jobs)
  if (partitioned === undefined) return []
  const [first, other] = partitioned
  if (first === undefined) return finding('NOT_PARTITIONED', 'none of the assets that it makes has partitions. Use schedule() with cron.')
  if (other !== undefined) return finding('PARTITIONS_DIFFER', differText(first, other))
  const found = partitionedTiming(first.partitions, timing)
  return typeof found === 'string' ? finding('INVALID_OPTION', found) : []
}

/** Undefined where a selection can't be read, which is a finding of its own. */
function partitionsOf(schedule: Schedule, assets: readonly AnyAsset[], jobs: readonly Job[]): readonly PartitionedAsset[] | undefined {
  try {
    return targetPartitions(assets, jobs, schedule.target)
  } catch (error) {
    if (isAssetryError(error) && error.code === 'SELECTION_SYNTAX') return undefined
    throw error
  }
}

function differText(one: PartitionedAsset, other: PartitionedAsset): string {
  return (
    `it makes assets with different partitions: "${one.key}" has ${partitionsText(one.partitions)}, "${other.key}" ${partitionsText(other.partitions)}. ` +
    'Give each a schedule of its own.'
  )
}
