import { keyOfParts } from '../definitions/partitions/key-parts.ts'
import { type AtTime, lastPartition, partitionKeys } from '../definitions/partitions/partition-keys.ts'
import { isTimeSpec, type PartitionsSpec } from '../definitions/partitions/partitions-spec.ts'
import { windowsOf } from '../definitions/partitioned-timing.ts'
import { type RunRequest, runRequest } from '../definitions/run-request.ts'
import { type Skip, skip } from '../definitions/skip.ts'
import type { ScheduleSnapshot } from './schedule-snapshot.ts'

/**
 * What a tick of a schedule without a function asks for.
 *
 * @param at - the time that the tick is for, whenever it runs
 */
export function scheduledRequests({ partitions, runConfig }: ScheduleSnapshot, at: AtTime): readonly (RunRequest | Skip)[] {
  const config = runConfig === null ? {} : { runConfig }
  if (partitions === null) return [runRequest(config)]
  const keys = scheduledPartitions(partitions, at)
  if (keys.length === 0) return [skip(`There is no partition yet at ${at.now.toISOString()}.`)]
  // A window is made once, whatever tick asks for it; where there are none, each tick asks for all again.
  const tick = windowsOf(partitions).length > 0 ? '' : ` ${at.now.toISOString()}`
  return keys.map((partitionKey) => runRequest({ ...config, partitionKey, runKey: `${partitionKey}${tick}` }))
}

/** The partitions that a tick asks for: the newest window in each combination with what is no window of time. */
export function scheduledPartitions(spec: PartitionsSpec, at: AtTime): readonly string[] {
  if (spec.kind === 'multi') {
    const parts = spec.dimensions.map((dimension) => scheduledPartitions(dimension.spec, at))
    return combinations(parts).map(keyOfParts)
  }
  if (!isTimeSpec(spec)) return [...partitionKeys(spec, at)]
  const last = lastPartition(spec, at)
  return last === undefined ? [] : [last]
}

function combinations(lists: readonly (readonly string[])[]): readonly (readonly string[])[] {
  return lists.reduce<readonly (readonly string[])[]>((rows, list) => rows.flatMap((row) => list.map((each) => [...row, each])), [[]])
}
