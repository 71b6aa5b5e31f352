import { keyOfParts, partsOfKey } from '../definitions/partitions/key-parts.ts'
import { type AtTime, partitionKeys } from '../definitions/partitions/partition-keys.ts'
import { type PartitionRange, partitionKeyRange } from '../definitions/partitions/partition-range.ts'
import type { DimensionSpec, MultiPartitionsSpec } from '../definitions/partitions/partitions-spec.ts'

/**
 * Ranges of several dimensions as few that have no partition in common, in the order of their first ones. A range is all
 * combinations of what is from one end to the other in each dimension, so that ranges side by side seldom are one.
 *
 * @throws `PARTITION_UNKNOWN`
 */
export function mergedBoxes(spec: MultiPartitionsSpec, ranges: readonly PartitionRange[], at: AtTime): readonly PartitionRange[] {
  if (ranges.length < 2) return ranges
  const keys = new Set(ranges.flatMap((range) => [...partitionKeyRange(spec, range, at)]))
  const points = Array.from(keys, (key) => partsOfKey(spec, key) ?? [])
  const places = spec.dimensions.map((dimension) => placesOf(dimension.spec, at))
  return boxesOf(points, places).map(({ from, to }) => ({ from: keyOfParts(from), to: keyOfParts(to) }))
}

/** Ends of a range, by their parts. */
interface Box {
  readonly from: readonly string[]
  readonly to: readonly string[]
}

type Places = ReadonlyMap<string, number>

function placesOf(spec: DimensionSpec, at: AtTime): Places {
  return new Map(Array.from(partitionKeys(spec, at), (key, place) => [key, place]))
}

/** Parts of the first dimension that follow each other, and have the same boxes of the others, are one box each. */
function boxesOf(points: readonly (readonly string[])[], [first, ...others]: readonly Places[]): readonly Box[] {
  if (first === undefined) return [{ from: [], to: [] }]
  const rests = new Map<string, (readonly string[])[]>()
  for (const [part = '', ...rest] of points) {
    const known = rests.get(part)
    if (known === undefined) rests.set(part, [rest])
    else known.push(rest)
  }
  const placeOf = (part: string): number => first.get(part) ?? Number.NaN
  const stretches: { readonly from: string; to: string; readonly boxes: readonly Box[]; readonly content: string }[] = []
  for (const part of [...rests.keys()].toSorted((one, other) => placeOf(one) - placeOf(other))) {
    const boxes = boxesOf(rests.get(part) ?? [], others)
    const content = JSON.stringify(boxes)
    const last = stretches.at(-1)
    if (last !== undefined && placeOf(last.to) + 1 === placeOf(part) && last.content === content) last.to = part
    else stretches.push({ from: part, to: part, boxes, content })
  }
  return stretches.flatMap(({ from, to, boxes }) => boxes.map((box) => ({ from: [from, ...box.from], to: [to, ...box.to] })))
}
