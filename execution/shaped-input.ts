import type { InputShape } from '../definitions/input-shape.ts'
import { isAsyncIterable } from '../definitions/stream.ts'
import { gathered } from '../io/gathered.ts'

/**
 * What an IO manager loaded, as the input asks for it: a stream of an array, or an array of a stream, where the IO
 * manager did not already give what was asked. So `asStream()` and `asRows()` hold for every IO manager.
 */
export async function shapedInput(shape: InputShape | undefined, loaded: unknown): Promise<unknown> {
  if (shape === 'rows') return inArray(loaded)
  if (shape === 'stream' && isIterable(loaded)) return streamOf(loaded)
  return loaded
}

async function inArray(loaded: unknown): Promise<unknown> {
  if (Array.isArray(loaded)) return loaded
  if (isAsyncIterable(loaded)) return gathered(loaded)
  return isIterable(loaded) ? [...loaded] : loaded
}

function isIterable(value: unknown): value is Iterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.iterator in value && !isAsyncIterable(value)
}

function streamOf(items: Iterable<unknown>): AsyncIterable<unknown> {
  return {
    async *[Symbol.asyncIterator]() {
      yield* items
    },
  }
}
