import { AssetryError } from '../definitions/errors.ts'

/** The refusal of a run that asks for a partition of assets that have none. */
export function notPartitioned(partitionKey: string): AssetryError {
  return new AssetryError(
    'NOT_PARTITIONED',
    `The run asks for partition "${partitionKey}", but none of these assets has partitions. Leave the partition out.`,
    { facts: { partitionKey } },
  )
}
