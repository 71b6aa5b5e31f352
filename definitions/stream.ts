/** A value given item by item, so that it never has to be held whole: an async iterable, a generator, a stream of Node. */
export type Stream<TItem = unknown> = AsyncIterable<TItem> | IterableIterator<TItem>

/**
 * What a stored value comes back as. A stream is used up by the one who saves it, so its readers get an
 * `AsyncIterable` of the same items, which may be iterated again; everything else comes back as it was.
 */
export type Kept<TValue> =
  TValue extends AsyncIterable<infer TItem>
    ? AsyncIterable<TItem>
    : TValue extends Iterator<infer TItem, unknown, never>
      ? AsyncIterable<TItem>
      : TValue

/** Whether `value` is a {@link Stream}. Arrays, maps and sets are not: they are there already. */
export function isStream(value: unknown): value is Stream {
  if (typeof value !== 'object' || value === null) return false
  if (isAsyncIterable(value)) return true
  const { [Symbol.iterator]: iterate, next } = value as { readonly [Symbol.iterator]?: unknown; readonly next?: unknown }
  return typeof iterate === 'function' && typeof next === 'function'
}

/** Whether `value` gives its items by `for await`. */
export function isAsyncIterable(value: unknown): value is AsyncIterable<unknown> {
  return (
    typeof value === 'object' && value !== null && typeof (value as Partial<AsyncIterable<unknown>>)[Symbol.asyncIterator] === 'function'
  )
}
