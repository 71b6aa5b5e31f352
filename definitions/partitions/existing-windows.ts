import type { Tick } from './cadence.ts'
import type { ExistingPartitions } from './existing-partitions.ts'
import type { TimePartitionsSpec } from './partitions-spec.ts'
import { timePartitions } from './time-partitions.ts'
import type { Instant } from './zoned-time.ts'

/** The windows of time that exist at a time. */
export function existingWindows(spec: TimePartitionsSpec, { now }: { readonly now: Date }): ExistingPartitions {
  const { cadence, keyOf, isExcluded, bounds } = timePartitions(spec)
  const { first, end } = bounds(now.getTime())
  const isEmpty = end <= first.instant
  function* keys(from: Tick, to: Instant): Generator<string> {
    if (isEmpty) return
    for (const tick of cadence.ticks(from, to)) if (!isExcluded(tick)) yield keyOf(tick)
  }
  function* backwards(from?: string): Generator<string> {
    if (isEmpty) return
    const begun = from === undefined ? undefined : existingTick(spec, from, end)
    for (let tick = begun ?? cadence.floor(end - 1); tick.instant >= first.instant; tick = cadence.floor(tick.instant - 1))
      if (!isExcluded(tick)) yield keyOf(tick)
  }
  return {
    keys: () => keys(first, end),
    backwards,
    count() {
      if (spec.exclusions.length > 0) return counted(keys(first, end))
      return isEmpty ? 0 : cadence.count(first, end)
    },
    has: (key) => existingTick(spec, key, end) !== undefined,
    range(from, to) {
      const [start, last] = [from, to].map((key) => existingTick(spec, key, end)) as [Tick, Tick]
      return last.instant < start.instant ? undefined : keys(start, last.instant + 1)
    },
  }
}

/** The start of an existing window, by its key. @param end - no window that exists starts there or later */
export function existingTick(spec: TimePartitionsSpec, key: string, end: Instant): Tick | undefined {
  const { tickOf, isDefined } = timePartitions(spec)
  const tick = tickOf(key)
  return tick !== undefined && isDefined(tick) && tick.instant < end ? tick : undefined
}

function counted(keys: Iterable<string>): number {
  let count = 0
  for (const _key of keys) count += 1
  return count
}
