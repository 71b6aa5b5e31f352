/** Shortest secret that is masked. Shorter values ("1", "dev") would blot out ordinary text and protect nothing. */
const shortestSecret = 6

/** Takes the values of environment variables that resources have read out of everything that is written down. */
export class SecretMask {
  readonly #names = new Map<string, string>()

  /** Remembers a value that must not be shown, and the variable it came from. */
  add(variable: string, value: string): void {
    if (value.length >= shortestSecret) this.#names.set(value, variable)
  }

  /** The text with each secret replaced by the name of its variable. */
  text(text: string): string {
    let masked = text
    const longestFirst = [...this.#names].sort(([one], [other]) => other.length - one.length)
    for (const [value, variable] of longestFirst) masked = masked.replaceAll(value, `[${variable}]`)
    return masked
  }

  /** Plain JSON with each string in it masked. */
  json<T>(value: T): T {
    if (this.#names.size === 0) return value
    const raw = JSON.stringify(value) as string | undefined
    if (raw === undefined) return value
    return JSON.parse(raw, (_key, item: unknown) => (typeof item === 'string' ? this.text(item) : item)) as T
  }
}
