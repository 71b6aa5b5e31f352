import type { Json } from '../../definitions/metadata-value.ts'

/** Strings, which are left alone, and the numbers that Python writes and JavaScript can't read as they are. */
const tokens = /"(?:[^"\\]|\\.)*"|-?Infinity|NaN|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g

/** Digits from which on an integer may be larger than JavaScript keeps exactly: 2^53 has 16. */
const manyDigits = /\d{16}/

/**
 * Parses what Python's `json.dumps` wrote: JSON, but for `NaN` and the infinities, and with integers of any size. Those
 * come as text, because no number here says what they are.
 *
 * @throws SyntaxError
 */
export function parsePythonJson(text: string): Json {
  const isPlain = !manyDigits.test(text) && !text.includes('NaN') && !text.includes('Infinity')
  return JSON.parse(isPlain ? text : text.replace(tokens, readable)) as Json
}

function readable(token: string): string {
  if (token.startsWith('"')) return token
  if (token.endsWith('Infinity') || token === 'NaN') return `"${token}"`
  return /^-?\d+$/.test(token) && !Number.isSafeInteger(Number(token)) ? `"${token}"` : token
}
