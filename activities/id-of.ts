import { createHash } from 'node:crypto'

/** A UUID that follows from a text: the same text has the same one, whoever asks. */
export function idOf(text: string): string {
  const hash = createHash('sha256').update(text).digest('hex')
  return [hash.slice(0, 8), hash.slice(8, 12), `8${hash.slice(13, 16)}`, `8${hash.slice(17, 20)}`, hash.slice(20, 32)].join('-')
}
