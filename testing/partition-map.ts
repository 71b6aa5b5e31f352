import type { PartitionMap } from '../definitions/partition-map.ts'
import { LoadedPartitions } from '../execution/loaded-partitions.ts'

/**
 * A map of partitions for the direct call of a function that gets one.
 *
 * @example
 * ```ts
 * await monthly.materialize({ orders: buildPartitionMap({ '2026-01-01': [1, 2], '2026-01-02': [3] }) })
 * ```
 */
export function buildPartitionMap<TValue>(values: Readonly<Record<string, TValue>>): PartitionMap<TValue> {
  return new LoadedPartitions(Object.keys(values), (key) => Promise.resolve(values[key] as TValue))
}
