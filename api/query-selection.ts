/**
 * `select` of an address as its writer meant it. In a query `+` may stand for a blank, but in a selection it is a sign of
 * its own: blanks mean something only beside `and`, `or` and `not`, so that there a `+` is one, and elsewhere it is itself.
 * `%20` and `%2B` are what they are everywhere.
 *
 * @param url - the whole address of the request
 */
export function selectionOf(url: string): string | undefined {
  const query = url.split('#', 1)[0]?.split('?').slice(1).join('?') ?? ''
  const pair = query.split('&').find((each) => each.startsWith('select='))
  return pair === undefined ? undefined : decoded(withBlanks(pair.slice('select='.length)))
}

/** What is not percent-encoded as it should be stays as it is: no selection has it, and the refusal shows it. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** Around `and` and `or`, and after `not`, where it stands as a word of its own. */
function withBlanks(text: string): string {
  return text.replace(/\+(and|or)(?=\+)\+?/gi, '%20$1%20').replace(/(^|%20|\(|%28)not\+/gi, '$1not%20')
}
