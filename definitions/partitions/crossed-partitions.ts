import type { ExistingPartitions } from './existing-partitions.ts'
import { keyOfParts } from './key-parts.ts'

/**
 * A partition for each combination of those of several dimensions; the last dimension changes fastest.
 *
 * @param partsOf - the parts of a key, one a dimension; undefined where it has another number of them
 */
export function crossedPartitions(
  dimensions: readonly ExistingPartitions[],
  partsOf: (key: string) => readonly string[] | undefined,
): ExistingPartitions {
  const has = (parts: readonly string[] | undefined): parts is readonly string[] =>
    parts !== undefined && dimensions.every((dimension, index) => dimension.has(parts[index] ?? ''))
  return {
    keys: () => combinations(dimensions.map(({ keys }) => keys)),
    backwards(from) {
      const parts = from === undefined ? undefined : partsOf(from)
      return combinations(
        dimensions.map(({ backwards }) => backwards),
        has(parts) ? parts : undefined,
      )
    },
    count: () => dimensions.reduce((count, dimension) => (count === 0 ? 0 : count * dimension.count()), 1),
    has: (key) => has(partsOf(key)),
    range(from, to) {
      const [first, last] = [partsOf(from) ?? [], partsOf(to) ?? []]
      const ranges = dimensions.map((dimension, index) => () => dimension.range(first[index] ?? '', last[index] ?? ''))
      if (ranges.some((range) => range() === undefined)) return undefined
      return combinations(ranges.map((range) => () => range() ?? []))
    },
  }
}

/** Makes the keys of one dimension, anew at each call. @param from - the first of them */
type KeysOf = (from?: string) => Iterable<string>

/** All combinations, made one by one. @param from - the parts of the first of them */
function* combinations(dimensions: readonly KeysOf[], from?: readonly string[]): Generator<string> {
  // Else a dimension with a million keys would be gone through for nothing.
  if (dimensions.some((keysOf) => isEmpty(keysOf()))) return
  for (const parts of combined(dimensions, from)) yield keyOfParts(parts)
}

function* combined([first, ...others]: readonly KeysOf[], from?: readonly string[]): Generator<readonly string[]> {
  if (first === undefined) {
    yield []
    return
  }
  let begun = from?.slice(1)
  for (const part of first(from?.[0])) {
    for (const rest of combined(others, begun)) yield [part, ...rest]
    begun = undefined
  }
}

function isEmpty(keys: Iterable<string>): boolean {
  const [first] = keys
  return first === undefined
}
