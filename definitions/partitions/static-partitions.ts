import { AssetryError } from '../errors.ts'
import { partitionKeyFault } from './partition-key-rule.ts'
import { type PartitionsDefinition, partitionsDefinition } from './partitions-definition.ts'
import type { StaticPartitionsSpec } from './partitions-spec.ts'

/**
 * Partitions that are listed, in this order.
 *
 * @example
 * ```ts
 * const regions = staticPartitions(['eu', 'us', 'asia'])
 * ```
 * @throws `INVALID_OPTION` for no keys, a key that comes twice, and one that is empty, has `...`, or control characters
 */
export function staticPartitions(keys: readonly string[]): PartitionsDefinition<StaticPartitionsSpec> {
  if (!isList(keys) || keys.length === 0) throw refused('there are no keys. Give a list of at least one.')
  const seen = new Set<string>()
  for (const key of keys) {
    const fault = partitionKeyFault(key)
    if (fault !== undefined) throw refused(fault)
    if (seen.has(key)) throw refused(`key ${JSON.stringify(key)} comes twice.`)
    seen.add(key)
  }
  return partitionsDefinition({ kind: 'static', keys: [...keys] })
}

function isList(keys: unknown): boolean {
  return Array.isArray(keys)
}

function refused(text: string): AssetryError {
  return new AssetryError('INVALID_OPTION', `staticPartitions: ${text}`)
}
