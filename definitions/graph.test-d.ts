import { describe, expectTypeOf, test } from 'vitest'
import { asset, type OutputOf } from './asset.ts'
import { graph } from './graph.ts'
import { graphAsset } from './graph-asset.ts'
import { input } from './input.ts'
import { op } from './op.ts'
import type { Wire } from './wire.ts'

const fetchRows = op({ name: 'fetch_rows', run: () => [{ id: 1 }] })
const count = op({ name: 'count', run: ({ rows }: { rows: readonly { id: number }[] }) => rows.length })
const idOf = op({ name: 'id_of', run: ({ row }: { row: { id: number } }) => row.id })
const sum = op({ name: 'sum', run: ({ all }: { all: readonly number[] }) => all.length })
const orders = asset({ key: 'orders', materialize: () => [{ id: 1, amount: 2 }] })

describe('a nested graph', () => {
  const counted = graph({ name: 'counted', graph: ({ rows }: { rows: Wire<{ id: number }[]> }) => count({ rows }) })

  test('gives what its body returns', () => {
    const several = graph({ name: 'several', graph: () => ({ rows: fetchRows(), ids: fetchRows().map((row) => idOf({ row })) }) })
    expectTypeOf(counted({ rows: fetchRows() })).toEqualTypeOf<Wire<number>>()
    expectTypeOf(several().rows).toEqualTypeOf<Wire<{ id: number }[]>>()
    expectTypeOf(several().ids.collect()).toEqualTypeOf<Wire<number[]>>()
  })

  test('takes the wires its body asks for, and what it comes after', () => {
    const optional = graph({ name: 'o', graph: ({ rows }: { rows?: Wire<{ id: number }[]> }) => (rows ? count({ rows }) : undefined) })
    const merged = graph({ name: 'm', graph: ({ all }: { all: readonly Wire<number>[] }) => sum({ all }) })
    optional()
    optional({ rows: fetchRows() })
    merged({ all: [counted({ rows: fetchRows() })] })
    counted({ rows: fetchRows() }, { after: fetchRows() })
    // @ts-expect-error rows are missing
    counted({})
    // @ts-expect-error rows are missing
    counted()
    // @ts-expect-error a number is no list
    counted({ rows: count({ rows: fetchRows() }) })
    // @ts-expect-error not an input
    counted({ rows: fetchRows(), other: fetchRows() })
    // @ts-expect-error mapped
    counted({ rows: fetchRows().map((row) => row) })
  })

  test('has a body that is synchronous and returns wires', () => {
    // @ts-expect-error asynchronous
    graph({ name: 'x', graph: async () => fetchRows() })
    // @ts-expect-error a number is no wire
    graph({ name: 'x', graph: () => 1 })
    // @ts-expect-error it has no name
    graph({ graph: () => fetchRows() })
  })
})

describe('a graph asset', () => {
  test('has the value of the wire that its body returns, and its key', () => {
    const total = graphAsset({ key: 'total', inputs: { orders }, graph: (wires) => count({ rows: wires.orders }) })
    expectTypeOf<OutputOf<typeof total>>().toEqualTypeOf<number>()
    expectTypeOf(total.key).toEqualTypeOf<'total'>()
    asset({ key: 'next', inputs: { total }, materialize: ({ total: value }) => expectTypeOf(value).toEqualTypeOf<number>() })
  })

  test('gets a wire for each input', () => {
    graphAsset({
      key: 'x',
      inputs: { orders, again: input(orders) },
      graph: (wires) => {
        expectTypeOf(wires).toEqualTypeOf<{
          readonly orders: Wire<{ id: number; amount: number }[]>
          readonly again: Wire<{ id: number; amount: number }[]>
        }>()
        return sum({ all: wires.orders.map((row) => idOf({ row })).collect() })
      },
    })
    // @ts-expect-error no such input
    graphAsset({ key: 'x', inputs: { orders }, graph: ({ rates }) => count({ rows: rates }) })
    // @ts-expect-error rows are no numbers
    graphAsset({ key: 'x', inputs: { orders }, graph: (wires) => sum({ all: wires.orders }) })
  })

  test('returns one wire', () => {
    // @ts-expect-error mapped
    graphAsset({ key: 'x', graph: () => fetchRows().map((row) => idOf({ row })) })
    // @ts-expect-error nothing
    graphAsset({ key: 'x', graph: () => {} })
    // @ts-expect-error asynchronous
    graphAsset({ key: 'x', graph: async () => fetchRows() })
    // @ts-expect-error several
    graphAsset({ key: 'x', graph: () => [fetchRows()] })
    // @ts-expect-error a value
    graphAsset({ key: 'x', graph: () => 1 })
  })

  test('has no function to call, and its ops have the config', () => {
    const total = graphAsset({ key: 'total', graph: () => sum({ all: [] }) })
    // @ts-expect-error its ops have run()
    const call = () => total.materialize({})
    expectTypeOf(call).toBeFunction()
    // @ts-expect-error ops have resources
    graphAsset({ key: 'x', resources: {}, graph: () => fetchRows() })
  })
})
