import { describe, expect, it } from 'vitest'
import { asset } from '../definitions/asset.ts'
import { ioManager } from '../definitions/io-manager.ts'
import { asRows, asStream } from '../definitions/input-shape.ts'
import { gathered } from '../io/gathered.ts'
import { materialize } from './materialize.ts'

const numbers = asset({
  key: 'numbers',
  async *materialize() {
    yield* [1, 2, 3]
  },
})

describe('an asset that returns a stream', () => {
  it('gives its readers the items one by one, and the caller of materialize() as often as wanted', async () => {
    const doubled = asset({
      key: 'doubled',
      inputs: { numbers },
      async *materialize({ numbers }) {
        for await (const number of numbers) yield number * 2
      },
    })
    const result = await materialize([numbers, doubled])
    expect(await gathered(result.outputFor(doubled))).toEqual([2, 4, 6])
    expect(await gathered(result.outputFor(doubled))).toEqual([2, 4, 6])
    expect(await gathered(result.outputFor(numbers))).toEqual([1, 2, 3])
  })

  it('fails with what the stream throws, and is tried again from its start', async () => {
    let calls = 0
    const flaky = asset({
      key: 'flaky',
      retries: { max: 1, delay: 1 },
      async *materialize() {
        calls += 1
        yield 1
        if (calls === 1) throw new Error('the source is gone')
      },
    })
    expect(await gathered((await materialize([flaky])).outputFor(flaky))).toEqual([1])
    expect(calls).toBe(2)
  })

  it('may add metadata while its items are saved', async () => {
    const counting = asset({
      key: 'counting',
      async *materialize(_inputs, { addMetadata }) {
        yield 1
        addMetadata({ last: 1 })
      },
    })
    expect((await materialize([counting])).metadataFor(counting)).toEqual({ last: { type: 'int', value: 1 } })
  })
})

describe('an input that asks for a shape', () => {
  const list = asset({ key: 'list', materialize: () => [1, 2, 3] })

  it('gets it, however the value was saved', async () => {
    const reader = asset({
      key: 'reader',
      inputs: { rows: asRows(numbers), stream: asStream(list), same: asStream(numbers), plain: asRows(list) },
      materialize: async ({ rows, stream, same, plain }) => [rows, await gathered(stream), await gathered(same), plain],
    })
    const all = [1, 2, 3]
    expect((await materialize([numbers, list, reader])).outputFor(reader)).toEqual([all, all, all, all])
  })

  it('gets it from an IO manager that knows nothing of shapes', async () => {
    const fixed = ioManager({ name: 'fixed', save: () => undefined, load: () => new Set([1, 2]) })
    const set = asset({ key: 'set', ioManager: fixed, materialize: () => new Set([1, 2]) })
    const reader = asset({
      key: 'reader',
      inputs: { rows: asRows(set), stream: asStream(set) },
      materialize: async ({ rows, stream }) => [rows, await gathered(stream)],
    })
    expect((await materialize([set, reader])).outputFor(reader)).toEqual([
      [1, 2],
      [1, 2],
    ])
  })
})
