import { AssetryError } from './errors.ts'

/** Labels by key. */
export type Tags = Readonly<Record<string, string>>

const tagKey = /^[A-Za-z0-9_.-]{1,63}(\/[A-Za-z0-9_.-]{1,63})?$/

/**
 * Returns a copy of `tags`, once they are known to be fit.
 *
 * @param owner - whose tags they are, for the error's text
 * @throws `INVALID_OPTION` naming the tag
 */
export function tagsOf(owner: string, tags: Tags): Tags {
  for (const [key, value] of Object.entries(tags)) {
    if (!tagKey.test(key)) {
      throw refused(
        owner,
        `tag key ${JSON.stringify(key)} is not up to 63 letters, digits, "_", "-" and ".", with one namespace before a "/" at most.`,
      )
    }
    if (typeof value !== 'string') throw refused(owner, `tag "${key}" is ${JSON.stringify(value)}, which is not a string.`)
  }
  return { ...tags }
}

function refused(owner: string, text: string): AssetryError {
  return new AssetryError('INVALID_OPTION', `${owner}: ${text}`, { facts: { owner } })
}
