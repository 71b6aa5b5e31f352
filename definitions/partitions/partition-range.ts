import { AssetryError } from '../errors.ts'
import { listed } from '../nearest.ts'
import { partsOfKey } from './key-parts.ts'
import { type AtTime, existingPartitions } from './partition-keys.ts'
import { requirePartition } from './partition-unknown.ts'
import type { MultiPartitionsSpec, PartitionsSpec } from './partitions-spec.ts'

/** A stretch of partitions in the order of the definition, both ends included. */
export interface PartitionRange {
  readonly from: string
  readonly to: string
}

/**
 * The keys from one to another, both included, in the order of the definition; made one by one. Of several dimensions all
 * combinations of what is from one to the other in each.
 *
 * @param range - both ends, or a text such as `2026-01-01...2026-01-31`
 * @throws `PARTITION_UNKNOWN` where an end doesn't exist, or the second stands before the first
 */
export function partitionKeyRange(spec: PartitionsSpec, range: PartitionRange | string, at: AtTime): Iterable<string> {
  const { from, to } = typeof range === 'string' ? parsedRange(range) : range
  requirePartition(spec, from, at)
  requirePartition(spec, to, at)
  const keys = existingPartitions(spec, at).range(from, to)
  if (keys !== undefined) return keys
  throw turnedAround({ from, to }, spec.kind === 'multi' ? turnedDimensions(spec, { from, to }, at) : [])
}

/** The ends of a range as it is written; of a single key twice that. */
export function parsedRange(range: string): PartitionRange {
  const place = range.indexOf('...')
  return place < 0 ? { from: range, to: range } : { from: range.slice(0, place), to: range.slice(place + 3) }
}

/** The names of the dimensions in which the second end stands before the first. */
function turnedDimensions(spec: MultiPartitionsSpec, { from, to }: PartitionRange, at: AtTime): readonly string[] {
  const [first, last] = [partsOfKey(spec, from) ?? [], partsOfKey(spec, to) ?? []]
  return spec.dimensions.flatMap((dimension, index) =>
    existingPartitions(dimension.spec, at).range(first[index] ?? '', last[index] ?? '') === undefined ? [dimension.name] : [],
  )
}

function turnedAround({ from, to }: PartitionRange, dimensions: readonly string[]): AssetryError {
  const where = dimensions.length === 0 ? '' : ` in ${listed(dimensions, 'and')}`
  return new AssetryError(
    'PARTITION_UNKNOWN',
    `The range "${from}...${to}" is empty: "${to}" stands before "${from}"${where}. Turn it around.`,
    {
      facts: { from, to },
    },
  )
}
