import { describe, expectTypeOf, test } from 'vitest'
import { asset, type OutputOf } from './asset.ts'
import { input } from './input.ts'
import { asRows, asStream, onlyColumns } from './input-shape.ts'
import { output } from './output.ts'

interface Row {
  readonly id: number
  readonly text: string
}

declare const rows: Row[]

const array = asset({ key: 'array', materialize: () => rows })
const stream = asset({
  key: 'stream',
  async *materialize() {
    yield* rows
  },
})

describe('the value of an asset that returns a stream', () => {
  test('is an async iterable for its readers, whatever kind of stream it was', () => {
    const generator = asset({
      key: 'generator',
      *materialize() {
        yield* rows
      },
    })
    const promised = asset({ key: 'promised', materialize: async (): Promise<AsyncIterable<Row>> => output(stream, {}).value as never })
    const withFacts = asset({ key: 'with_facts', materialize: () => output(rows.values(), { metadata: { a: 1 } }) })
    expectTypeOf<OutputOf<typeof stream>>().toEqualTypeOf<AsyncIterable<Row>>()
    expectTypeOf<OutputOf<typeof generator>>().toEqualTypeOf<AsyncIterable<Row>>()
    expectTypeOf<OutputOf<typeof promised>>().toEqualTypeOf<AsyncIterable<Row>>()
    expectTypeOf<OutputOf<typeof withFacts>>().toEqualTypeOf<AsyncIterable<Row>>()
  })

  test('is what it was where it is no stream', () => {
    const map = asset({ key: 'map', materialize: () => new Map([['a', new Set([1])]]) })
    const bytes = asset({ key: 'bytes', materialize: () => new Uint8Array(1) })
    expectTypeOf<OutputOf<typeof array>>().toEqualTypeOf<Row[]>()
    expectTypeOf<OutputOf<typeof map>>().toEqualTypeOf<Map<string, Set<number>>>()
    expectTypeOf<OutputOf<typeof bytes>>().toEqualTypeOf<Uint8Array<ArrayBuffer>>()
  })
})

describe('an input that asks for a shape', () => {
  test('has the type of it', () => {
    asset({
      key: 'reader',
      inputs: { streamed: asStream(array), gathered: asRows(stream), again: asStream(input(stream)) },
      materialize: ({ streamed, gathered, again }) => {
        expectTypeOf(streamed).toEqualTypeOf<AsyncIterable<Row>>()
        expectTypeOf(gathered).toEqualTypeOf<Row[]>()
        expectTypeOf(again).toEqualTypeOf<AsyncIterable<Row>>()
      },
    })
  })

  test('has only the columns that it asks for, in either shape', () => {
    asset({
      key: 'reader',
      inputs: { ids: onlyColumns(array, ['id']), texts: onlyColumns(stream, ['text']), both: asStream(onlyColumns(array, ['id'])) },
      materialize: ({ ids, texts, both }) => {
        expectTypeOf(ids).toEqualTypeOf<Pick<Row, 'id'>[]>()
        expectTypeOf(texts).toEqualTypeOf<AsyncIterable<Pick<Row, 'text'>>>()
        expectTypeOf(both).toEqualTypeOf<AsyncIterable<Pick<Row, 'id'>>>()
      },
    })
    // @ts-expect-error there is no such column
    onlyColumns(array, ['amount'])
  })
})
