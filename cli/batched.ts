import { setTimeout as wait } from 'node:timers/promises'

/**
 * Gathers what comes within a time after the first of it. What has come before an error is given before the error is thrown.
 *
 * @param ms - how long to gather. Unit: milliseconds
 */
export async function* batched<TItem>(items: AsyncIterable<TItem>, ms: number): AsyncGenerator<readonly TItem[], void> {
  const iterator = items[Symbol.asyncIterator]()
  const take = (): Promise<IteratorResult<TItem>> => iterator.next()
  let next = take()
  for (;;) {
    const first = await next
    if (first.done === true) return
    const batch = [first.value]
    const over = wait(ms, undefined)
    for (next = take(); ; next = take()) {
      const more = await Promise.race([next.catch(() => undefined), over])
      if (more === undefined || more.done === true) break
      batch.push(more.value)
    }
    yield batch
  }
}
