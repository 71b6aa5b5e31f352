/**
 * JSON text that PostgreSQL can hold: NUL characters and lone surrogates, which it refuses, become U+FFFD. One such
 * character in a log line or an error message must not keep a step from being recorded.
 */
export function storableJson(value: unknown): string {
  const text = JSON.stringify(value)
  return text.includes('\\u') ? text.replace(unstorable, '\\ufffd') : text
}

// JSON.stringify escapes a surrogate only when it is alone. An even number of backslashes before it is text, not an escape.
const unstorable = /(?<=(?<!\\)(?:\\\\)*)\\u(?:0000|d[89a-f][0-9a-f]{2})/g

/** Text that PostgreSQL can hold, by the same rule. */
export function storableText(text: string): string {
  return text.replaceAll('\0', '\ufffd')
}
