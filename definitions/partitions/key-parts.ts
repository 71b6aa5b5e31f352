import type { MultiPartitionsSpec } from './partitions-spec.ts'

/** What stands between the parts of a key of several dimensions; no part may have it. */
export const partSeparator = '|'

/** A key of parts, in the order of the dimensions. */
export function keyOfParts(parts: readonly string[]): string {
  return parts.join(partSeparator)
}

/** The parts of a key, in the order of the dimensions; undefined where it has more or fewer than there are dimensions. */
export function partsOfKey({ dimensions }: MultiPartitionsSpec, key: string): readonly string[] | undefined {
  const parts = key.split(partSeparator)
  return parts.length === dimensions.length ? parts : undefined
}
