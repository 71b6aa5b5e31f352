import { AssetryError } from '../errors.ts'
import { longestDynamicKey } from './dynamic-partitions.ts'
import { partSeparator } from './key-parts.ts'
import { longestPartitionKey } from './partition-key-rule.ts'
import { isPartitionsDefinition, type PartitionsDefinition, partitionsDefinition } from './partitions-definition.ts'
import type { DimensionSpec, MultiPartitionsSpec } from './partitions-spec.ts'

/** What can be a dimension: partitions by time, static or dynamic ones. */
export type Dimension = PartitionsDefinition<DimensionSpec>

const namePattern = /^[A-Za-z_][A-Za-z0-9_-]{0,62}$/

/**
 * A partition for each combination of the partitions of two or more dimensions. A key has one part a dimension, in the order of
 * the dimensions' names: `2026-01-31|eu`.
 *
 * @example
 * ```ts
 * const sales = multiPartitions({ date: dailyPartitions({ start: '2026-01-01' }), region: staticPartitions(['eu', 'us']) })
 * ```
 * @throws `INVALID_OPTION` for a single dimension, one of several dimensions itself, and keys that have `|`
 */
export function multiPartitions<TDimensions extends Readonly<Record<string, Dimension>>>(
  dimensions: TDimensions,
): PartitionsDefinition<MultiPartitionsSpec<keyof TDimensions & string>> {
  const names = Object.keys(dimensions).sort() as (keyof TDimensions & string)[]
  if (names.length < 2) throw tooFew(names[0])
  const spec = { kind: 'multi' as const, dimensions: names.map((name) => ({ name, spec: dimensionSpec(name, dimensions[name]) })) }
  const longest = spec.dimensions.reduce((sum, dimension) => sum + longestPart(dimension.spec) + 1, -1)
  if (longest > longestPartitionKey) throw refused(`keys have up to ${longest} characters, more than ${longestPartitionKey}.`)
  return partitionsDefinition(spec)
}

function dimensionSpec(name: string, given: unknown): DimensionSpec {
  if (!namePattern.test(name)) {
    throw refused(`dimension ${JSON.stringify(name)} is not named by up to 63 letters, digits, "_" and "-", with a letter or "_" first.`)
  }
  if (!isPartitionsDefinition(given)) {
    throw refused(`dimension "${name}" is no partitions definition. Make one, such as dailyPartitions({ start: '2026-01-01' }).`)
  }
  const { spec } = given
  if (spec.kind === 'multi')
    throw refused(`dimension "${name}" has several dimensions itself. Give its dimensions here, beside the others.`)
  const taken = spec.kind === 'static' ? spec.keys.find((key) => key.includes(partSeparator)) : formatWithSeparator(spec)
  if (taken === undefined) return spec
  throw refused(`dimension "${name}" has "${partSeparator}" in ${JSON.stringify(taken)}, which stands between the parts of a key.`)
}

function formatWithSeparator(spec: DimensionSpec): string | undefined {
  return 'format' in spec && spec.format.includes(partSeparator) ? spec.format : undefined
}

/** Of windows of time what their format makes is short. */
function longestPart(spec: DimensionSpec): number {
  if (spec.kind === 'static') return spec.keys.reduce((longest, key) => Math.max(longest, key.length), 0)
  return spec.kind === 'dynamic' ? longestDynamicKey : spec.format.length
}

function tooFew(only: string | undefined): AssetryError {
  return only === undefined
    ? refused('there are no dimensions. Give two or more.')
    : refused(
        `"${only}" is the only dimension. Give a second one, or use its partitions as they are: partitions: …, without multiPartitions().`,
      )
}

function refused(text: string): AssetryError {
  return new AssetryError('INVALID_OPTION', `multiPartitions: ${text}`, { facts: { owner: 'multiPartitions' } })
}
