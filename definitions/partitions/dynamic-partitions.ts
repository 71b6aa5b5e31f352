import { AssetryError } from '../errors.ts'
import { partSeparator } from './key-parts.ts'
import { partitionKeyFault } from './partition-key-rule.ts'
import { type PartitionsDefinition, partitionsDefinition } from './partitions-definition.ts'
import type { DynamicPartitionsSpec } from './partitions-spec.ts'

/** Longest key of dynamic partitions, in characters: several dimensions of them have to fit into one key. */
export const longestDynamicKey = 255

const namePattern = /^[A-Za-z0-9_.-]{1,100}$/

/**
 * Partitions that are added and removed at run time, in the order in which they are added. Assets that name the same share
 * them, whatever code location they are from.
 *
 * @example
 * ```ts
 * const customers = dynamicPartitions('customers')
 * ```
 * @throws `INVALID_OPTION` for a name that has other than letters, digits, `_`, `-` and `.`
 */
export function dynamicPartitions(name: string): PartitionsDefinition<DynamicPartitionsSpec> {
  const fault = dynamicNameFault(name)
  if (fault !== undefined) throw new AssetryError('INVALID_OPTION', `dynamicPartitions: ${fault}`)
  return partitionsDefinition({ kind: 'dynamic', name })
}

/** What is wrong with a name of dynamic partitions, as the rest of a sentence; undefined where it is right. */
export function dynamicNameFault(name: unknown): string | undefined {
  if (typeof name === 'string' && namePattern.test(name)) return undefined
  return `name ${JSON.stringify(name)} is not up to 100 letters, digits, "_", "-" and ".".`
}

/**
 * Makes sure that keys can be those of dynamic partitions.
 *
 * @throws `PARTITION_KEY_INVALID`
 */
export function requireDynamicKeys(name: string, keys: readonly string[]): void {
  for (const key of keys) {
    const fault = dynamicKeyFault(key)
    if (fault === undefined) continue
    throw new AssetryError('PARTITION_KEY_INVALID', `Dynamic partitions "${name}": ${fault} Nothing was added.`, { facts: { name, key } })
  }
}

function dynamicKeyFault(key: string): string | undefined {
  const fault = partitionKeyFault(key)
  if (fault !== undefined) return fault
  if (key.length > longestDynamicKey) return `a key has ${key.length} characters, more than ${longestDynamicKey}.`
  return key.includes(partSeparator)
    ? `key ${JSON.stringify(key)} has "${partSeparator}", which stands between the parts of a key of several dimensions.`
    : undefined
}
