import { AssetryError } from '../errors.ts'
import { type PartitionsDefinition, partitionsDefinition } from './partitions-definition.ts'
import type { StaticPartitionsSpec } from './partitions-spec.ts'

/** Longest partition key, in characters: what an index of PostgreSQL takes, and a bit less. */
const longestKey = 1_000

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
    requireKey(key)
    if (seen.has(key)) throw refused(`key ${JSON.stringify(key)} comes twice.`)
    seen.add(key)
  }
  return partitionsDefinition({ kind: 'static', keys: [...keys] })
}

function isList(keys: unknown): boolean {
  return Array.isArray(keys)
}

function requireKey(key: unknown): void {
  if (typeof key !== 'string' || key === '') throw refused(`key ${JSON.stringify(key)} is no text, or empty.`)
  if (key.length > longestKey) throw refused(`a key has ${key.length} characters, more than ${longestKey}.`)
  if (key.includes('...')) throw refused(`key ${JSON.stringify(key)} has "...", which stands between the ends of a range.`)
  if (/\p{Cc}/u.test(key)) throw refused(`key ${JSON.stringify(key)} has a control character.`)
}

function refused(text: string): AssetryError {
  return new AssetryError('INVALID_OPTION', `staticPartitions: ${text}`)
}
