import { keyOfParts } from '../definitions/partitions/key-parts.ts'
import { type AtTime, lastPartition, partitionKeys, partitionKeysBackwards } from '../definitions/partitions/partition-keys.ts'
import { isTimeSpec, type PartitionsSpec, type TimePartitionsSpec } from '../definitions/partitions/partitions-spec.ts'
import { windowsOf } from '../definitions/partitioned-timing.ts'
import { type RunRequest, runRequest } from '../definitions/run-request.ts'
import { type Skip, skip } from '../definitions/skip.ts'
import type { ScheduleSnapshot } from './schedule-snapshot.ts'
import { isTick, previousTick } from './schedule-ticks.ts'

/**
 * What a tick of a schedule without a function asks for.
 *
 * @param at - the time that the tick is for, whenever it runs
 */
export function scheduledRequests({ partitions, runConfig, timing }: ScheduleSnapshot, at: AtTime): readonly (RunRequest | Skip)[] {
  const config = runConfig === null ? {} : { runConfig }
  if (partitions === null) return [runRequest(config)]
  const tick = at.now.getTime()
  const since = isTick(timing, tick) ? new Date(previousTick(timing, tick)) : at.now
  const keys = scheduledPartitions(partitions, at, since)
  if (keys.length === 0) return [skip(`There is no partition yet at ${at.now.toISOString()}.`)]
  // A window is made once, whatever tick asks for it; where there are none, each tick asks for all again.
  const suffix = windowsOf(partitions).length > 0 ? '' : ` ${at.now.toISOString()}`
  return keys.map((partitionKey) => runRequest({ ...config, partitionKey, runKey: `${partitionKey}${suffix}` }))
}

/**
 * The partitions that a tick asks for: the newest window, in each combination with what is no window of time. More than one window
 * where clocks that jump have put a tick off until the next window had closed, too.
 *
 * @param since - the time of the tick before
 */
export function scheduledPartitions(spec: PartitionsSpec, at: AtTime, since: Date): readonly string[] {
  if (spec.kind === 'multi') {
    const parts = spec.dimensions.map((dimension) => scheduledPartitions(dimension.spec, at, since))
    return combinations(parts).map(keyOfParts)
  }
  return isTimeSpec(spec) ? closedWindows(spec, at, since) : [...partitionKeys(spec, at)]
}

function closedWindows(spec: TimePartitionsSpec, at: AtTime, since: Date): readonly string[] {
  const before = lastPartition(spec, { now: since })
  const keys: string[] = []
  for (const key of partitionKeysBackwards(spec, at)) {
    if (key === before && keys.length > 0) break
    keys.unshift(key)
    if (key === before) break
  }
  return keys
}

function combinations(lists: readonly (readonly string[])[]): readonly (readonly string[])[] {
  return lists.reduce<readonly (readonly string[])[]>((rows, list) => rows.flatMap((row) => list.map((each) => [...row, each])), [[]])
}
