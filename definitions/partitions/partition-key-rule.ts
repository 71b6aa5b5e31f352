/** Longest partition key, in characters: what an index of PostgreSQL takes, and a bit less. */
export const longestPartitionKey = 1_000

/** What is wrong with a partition key, as the rest of a sentence about it; undefined where it is right. */
export function partitionKeyFault(key: unknown): string | undefined {
  const shown = JSON.stringify(key)
  if (typeof key !== 'string' || key === '') return `key ${shown} is no text, or empty.`
  if (key.length > longestPartitionKey) return `a key has ${key.length} characters, more than ${longestPartitionKey}.`
  if (key.includes('...')) return `key ${shown} has "...", which stands between the ends of a range.`
  return /\p{Cc}/u.test(key) ? `key ${shown} has a control character.` : undefined
}
