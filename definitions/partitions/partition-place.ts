import { dynamicKeysOf } from './dynamic-keys.ts'
import { keyPlaces } from './listed-partitions.ts'
import { type AtTime, partitionKeys } from './partition-keys.ts'
import { isTimeSpec, type PartitionsSpec } from './partitions-spec.ts'
import { timePartitions } from './time-partitions.ts'

/** Where a partition stands among the others: a number that is greater for one that comes later; undefined for what is no partition's key. */
export function placing(spec: PartitionsSpec, at: AtTime): (key: string) => number | undefined {
  if (isTimeSpec(spec)) {
    const { tickOf } = timePartitions(spec)
    return (key) => tickOf(key)?.instant
  }
  const places = keyPlaces(listOf(spec, at))
  return (key) => places.get(key)
}

function listOf(spec: PartitionsSpec, at: AtTime): readonly string[] {
  if (spec.kind === 'static') return spec.keys
  return spec.kind === 'dynamic' ? dynamicKeysOf(spec.name, at.dynamicKeys) : [...partitionKeys(spec, at)]
}
