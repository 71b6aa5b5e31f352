import { isAsyncIterable, type Stream } from '../definitions/stream.ts'

/** Some items of a stream that follow each other. */
export interface Batch {
  /** Position of the first of them in the stream. */
  readonly start: number
  /** At least one. */
  readonly items: readonly unknown[]
}

/** How large a batch may be: it ends with the item that reaches either. */
export interface BatchLimits {
  readonly items: number
  /** By {@link approximateBytes}. */
  readonly bytes: number
}

/**
 * Cuts a stream into batches, and holds one of them at a time. Throws the signal's reason as soon as it fires, also while
 * an item is waited for. The stream is closed at the end, whatever the end is.
 */
export async function* batchesOf(stream: Stream, limits: BatchLimits, signal: AbortSignal): AsyncGenerator<Batch> {
  const source = new Source(stream, signal)
  try {
    for (let start = 0; ;) {
      const items = await source.take(limits)
      if (items.length > 0) yield { start, items }
      start += items.length
      if (source.isDone) return
    }
  } finally {
    await source.close()
  }
}

/** The batches of items that are there already. */
export function* batchesOfArray(array: readonly unknown[], limits: BatchLimits): Generator<Batch> {
  for (let start = 0; start < array.length;) {
    let end = start
    for (let bytes = 0; end < array.length && end - start < limits.items && bytes < limits.bytes; end += 1)
      bytes += approximateBytes(array[end])
    yield { start, items: array.slice(start, end) }
    start = end
  }
}

/** Pulls items one after another. One listener serves all of them: a race for each would keep every one in memory. */
class Source {
  isDone = false
  readonly #iterator: AsyncIterator<unknown> | Iterator<unknown>
  readonly #signal: AbortSignal
  readonly #isAsync: boolean
  #reject: (reason: unknown) => void = () => undefined
  readonly #onAbort = (): void => this.#reject(this.#signal.reason)

  constructor(stream: Stream, signal: AbortSignal) {
    this.#isAsync = isAsyncIterable(stream)
    this.#iterator = isAsyncIterable(stream) ? stream[Symbol.asyncIterator]() : stream[Symbol.iterator]()
    this.#signal = signal
    signal.addEventListener('abort', this.#onAbort, { once: true })
  }

  async take(limits: BatchLimits): Promise<unknown[]> {
    const items: unknown[] = []
    for (let bytes = 0; items.length < limits.items && bytes < limits.bytes;) {
      this.#signal.throwIfAborted()
      const step = this.#isAsync ? await this.#next() : (this.#iterator as Iterator<unknown>).next()
      this.isDone = step.done === true
      if (this.isDone) break
      items.push(step.value)
      bytes += approximateBytes(step.value)
    }
    return items
  }

  #next(): Promise<IteratorResult<unknown>> {
    return new Promise((resolve, reject) => {
      this.#reject = reject
      Promise.resolve(this.#iterator.next()).then(resolve, reject)
    })
  }

  /** Lets the stream free what it holds; one that hangs is not waited for. */
  async close(): Promise<void> {
    this.#signal.removeEventListener('abort', this.#onAbort)
    if (this.isDone) return
    const closed = Promise.resolve(this.#iterator.return?.()).catch(() => undefined)
    if (!this.#signal.aborted) await closed
  }
}

/** How deep {@link approximateBytes} looks: deeper parts count as nothing, and a circle ends. */
const deepestCounted = 6

/** About how many bytes a value takes, at a cost far below that of storing it. */
export function approximateBytes(value: unknown, depth = 0): number {
  if (typeof value === 'string') return 16 + value.length
  if (typeof value !== 'object' || value === null) return 8
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return 16 + value.byteLength
  if (depth === deepestCounted) return 0
  let bytes = 16
  for (const part of value instanceof Map || value instanceof Set ? value.values() : Object.values(value)) {
    bytes += approximateBytes(part, depth + 1)
  }
  return bytes
}
