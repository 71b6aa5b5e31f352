import { AssetryError } from '../errors.ts'
import { listed } from '../nearest.ts'
import { keyOfParts, partSeparator, partsOfKey } from './key-parts.ts'
import { unknownPartition } from './partition-unknown.ts'
import type { MultiPartitionsSpec } from './partitions-spec.ts'

/**
 * The key of a partition of several dimensions: `2026-01-31|eu`. Whether there is such a partition, `hasPartition` says.
 *
 * @example
 * ```ts
 * const key = multiPartitionKey(sales.spec, { date: '2026-01-31', region: 'eu' })
 * ```
 * @throws `PARTITION_KEY_INVALID` where a dimension is missing, there is none of that name, or a part has `|`
 */
export function multiPartitionKey<TName extends string>(spec: MultiPartitionsSpec<TName>, parts: Readonly<Record<TName, string>>): string {
  const given: Readonly<Record<string, unknown>> = parts
  const names: readonly string[] = spec.dimensions.map(({ name }) => name)
  const wrong = [...Object.keys(given).filter((name) => !names.includes(name)), ...names.filter((name) => !Object.hasOwn(given, name))]
  if (wrong.length > 0) {
    throw invalid(`the dimensions are ${listed(names, 'and')}, and the parts those of ${listed(Object.keys(given), 'and') || 'none'}.`)
  }
  return keyOfParts(spec.dimensions.map(({ name }) => partOf(name, parts[name])))
}

/**
 * The parts of a key of several dimensions, by the names of the dimensions.
 *
 * @throws `PARTITION_UNKNOWN` where the key has more or fewer parts than there are dimensions
 */
export function partitionDimensions<TName extends string>(spec: MultiPartitionsSpec<TName>, key: string): Readonly<Record<TName, string>> {
  const parts = partsOfKey(spec, key)
  if (parts === undefined) throw unknownPartition(spec, key)
  return Object.fromEntries(spec.dimensions.map(({ name }, index) => [name, parts[index] ?? ''])) as Record<TName, string>
}

function partOf(name: string, part: unknown): string {
  if (typeof part === 'string' && part !== '' && !part.includes(partSeparator)) return part
  throw invalid(`part "${name}" is ${JSON.stringify(part)}, which is no text, empty, or has "${partSeparator}".`)
}

function invalid(text: string): AssetryError {
  return new AssetryError('PARTITION_KEY_INVALID', `multiPartitionKey: ${text}`)
}
