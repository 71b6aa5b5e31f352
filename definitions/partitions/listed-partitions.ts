import type { ExistingPartitions } from './existing-partitions.ts'

/** Partitions whose keys are a list. */
export function listedPartitions(keys: readonly string[]): ExistingPartitions {
  return {
    keys: () => keys,
    backwards: (from) => backwards(keys, (from === undefined ? undefined : keyPlaces(keys).get(from)) ?? keys.length - 1),
    count: () => keys.length,
    has: (key) => keyPlaces(keys).has(key),
    range(from, to) {
      const [start, end] = [from, to].map((key) => keyPlaces(keys).get(key) ?? -1) as [number, number]
      return end < start ? undefined : keys.slice(start, end + 1)
    },
  }
}

function* backwards(keys: readonly string[], from: number): Generator<string> {
  for (let place = from; place >= 0; place -= 1) yield keys[place] as string
}

const places = new WeakMap<readonly string[], ReadonlyMap<string, number>>()

/** Where each key stands in a list; made once a list. */
export function keyPlaces(keys: readonly string[]): ReadonlyMap<string, number> {
  const known = places.get(keys) ?? new Map(keys.map((key, place) => [key, place]))
  places.set(keys, known)
  return known
}
