import { dynamicNames } from '../definitions/partitions/dynamic-keys.ts'
import type { AtTime } from '../definitions/partitions/partition-keys.ts'
import type { PartitionsSpec } from '../definitions/partitions/partitions-spec.ts'
import type { MetadataStore } from './metadata-store.ts'

/** What questions about these partitions depend on: the time, and of dynamic ones the keys that they have, which are read where there are any. */
export async function partitionsAt(
  { dynamicPartitions }: Pick<MetadataStore, 'dynamicPartitions'>,
  specs: Iterable<PartitionsSpec>,
  now: Date,
): Promise<AtTime> {
  const names = dynamicNames(specs)
  return names.length === 0 ? { now } : { now, dynamicKeys: await dynamicPartitions.keysOf(names) }
}

/** The partitions definitions of these assets. */
export function specsOf(assets: Iterable<{ readonly partitions: PartitionsSpec | null }>): readonly PartitionsSpec[] {
  return Array.from(assets).flatMap(({ partitions }) => partitions ?? [])
}
