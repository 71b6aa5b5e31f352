import { crossedPartitions } from './crossed-partitions.ts'
import { type DynamicKeys, dynamicKeysOf } from './dynamic-keys.ts'
import type { ExistingPartitions } from './existing-partitions.ts'
import { existingWindows } from './existing-windows.ts'
import { partsOfKey } from './key-parts.ts'
import { listedPartitions } from './listed-partitions.ts'
import type { PartitionsSpec } from './partitions-spec.ts'

/** What a question about partitions depends on beside their definition. */
export interface AtTime {
  /** The time that the question is asked at: windows that aren't over then don't exist. */
  readonly now: Date
  /** The keys that dynamic partitions have then. Needed where the definition is, or has, one of them. */
  readonly dynamicKeys?: DynamicKeys | undefined
}

/** The partitions that exist. @throws `DYNAMIC_KEYS_MISSING` */
export function existingPartitions(spec: PartitionsSpec, at: AtTime): ExistingPartitions {
  if (spec.kind === 'static') return listedPartitions(spec.keys)
  if (spec.kind === 'dynamic') return listedPartitions(dynamicKeysOf(spec.name, at.dynamicKeys))
  if (spec.kind !== 'multi') return existingWindows(spec, at)
  return crossedPartitions(
    spec.dimensions.map((dimension) => existingPartitions(dimension.spec, at)),
    (key) => partsOfKey(spec, key),
  )
}

/** The keys of the partitions that exist, in order; made one by one, however many there are. */
export function* partitionKeys(spec: PartitionsSpec, at: AtTime): Generator<string> {
  yield* existingPartitions(spec, at).keys()
}

/** The keys of the partitions that exist, the newest first; made one by one. @param from - the first of them, where it exists */
export function* partitionKeysBackwards(spec: PartitionsSpec, at: AtTime, from?: string): Generator<string> {
  yield* existingPartitions(spec, at).backwards(from)
}

/** How many partitions exist. Exclusions by cron expression, and cron partitions, are counted one by one. */
export function partitionCount(spec: PartitionsSpec, at: AtTime): number {
  return existingPartitions(spec, at).count()
}

/** Whether a partition with that key exists. */
export function hasPartition(spec: PartitionsSpec, key: string, at: AtTime): boolean {
  return existingPartitions(spec, at).has(key)
}

/** The key of the first partition that exists; undefined where none does. */
export function firstPartition(spec: PartitionsSpec, at: AtTime): string | undefined {
  const [first] = partitionKeys(spec, at)
  return first
}

/** The key of the newest partition that exists, of listed ones the last; undefined where none does. */
export function lastPartition(spec: PartitionsSpec, at: AtTime): string | undefined {
  const [last] = partitionKeysBackwards(spec, at)
  return last
}
