import { AssetryError } from './errors.ts'
import { listed } from './nearest.ts'

const instead = {
  partitionKey: 'context.partitionKeys has all of them.',
  partitionTimeWindow:
    'They do not follow each other without a gap: ask for the window of each of context.partitionKeys, by partitionWindow(spec, key).',
  partitionDimensions: 'Ask for the parts of each of context.partitionKeys, by partitionDimensions(spec, key).',
}

/** A function that makes several partitions at once reads what only one of them has. */
export function severalPartitions(owner: string, field: keyof typeof instead, keys: readonly string[]): AssetryError {
  return new AssetryError(
    'SEVERAL_PARTITIONS',
    `${owner} reads context.${field}, but this call is for ${keys.length} partitions: ${listed(keys, 'and')}. ${instead[field]}`,
    { facts: { count: keys.length, partitionKeys: keys.slice(0, 100) } },
  )
}
