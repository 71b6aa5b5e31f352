import { AssetryError } from '../errors.ts'
import type { DimensionSpec, PartitionsSpec } from './partitions-spec.ts'

/** The keys that dynamic partitions have at a time, in the order in which they were added, by the name of the partitions. */
export type DynamicKeys = ReadonlyMap<string, readonly string[]>

/** The keys of dynamic partitions. @throws `DYNAMIC_KEYS_MISSING` where the caller didn't give them */
export function dynamicKeysOf(name: string, keys: DynamicKeys | undefined): readonly string[] {
  const known = keys?.get(name)
  if (known !== undefined) return known
  const example = JSON.stringify({ [name]: ['…'] })
  throw new AssetryError(
    'DYNAMIC_KEYS_MISSING',
    `The partitions "${name}" are dynamic: the metadata store knows their keys, and here is none. ` +
      `Give them: materialize() takes them as dynamicPartitions: ${example}, functions such as partitionKeys() as dynamicKeys beside now. ` +
      `On the command line leave --in-process away.`,
    { facts: { name } },
  )
}

/** The names of the dynamic partitions that these definitions are made of, each once. */
export function dynamicNames(specs: Iterable<PartitionsSpec>): readonly string[] {
  const names = new Set<string>()
  for (const spec of specs) for (const each of dimensionSpecs(spec)) if (each.kind === 'dynamic') names.add(each.name)
  return [...names]
}

function dimensionSpecs(spec: PartitionsSpec): readonly DimensionSpec[] {
  return spec.kind === 'multi' ? spec.dimensions.map((dimension) => dimension.spec) : [spec]
}
