import { createHash } from 'node:crypto'

/** Names plain JSON by what it says: the same for the same content, in whatever order keys were written. */
export function contentHash(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value, inKeyOrder)).digest('hex')
}

function inKeyOrder(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  return Object.fromEntries(Object.entries(value).sort(([left], [right]) => (left < right ? -1 : 1)))
}
