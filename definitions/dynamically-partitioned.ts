import { AssetryError } from './errors.ts'
import { dynamicPartitions } from './partitions/dynamic-partitions.ts'
import type { PartitionsDefinition } from './partitions/partitions-definition.ts'

/** Dynamic partitions, or the name that they have. */
export type DynamicallyPartitioned = PartitionsDefinition | string

/** The name of dynamic partitions. @throws `DYNAMIC_PARTITIONS_UNKNOWN` for others, `INVALID_OPTION` for what is no such name */
export function dynamicNameOf(partitions: DynamicallyPartitioned): string {
  if (typeof partitions === 'string') return dynamicPartitions(partitions).spec.name
  if (partitions.spec.kind === 'dynamic') return partitions.spec.name
  throw new AssetryError(
    'DYNAMIC_PARTITIONS_UNKNOWN',
    `These partitions are ${partitions.spec.kind}, not dynamic: their keys follow from their definition, and none can be added or removed.`,
  )
}
