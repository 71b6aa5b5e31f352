import { describe, expect, test } from 'vitest'
import { asset, isAsset } from './asset.ts'
import type { AssetOrigin } from './asset-origin.ts'
import { graphAsset } from './graph-asset.ts'
import { input } from './input.ts'
import { ioManager } from './io-manager.ts'
import { op } from './op.ts'
import type { Wire } from './wire.ts'

const orders = asset({ key: 'raw/orders', materialize: () => [1, 2] })
const rates = asset({ key: 'rates', materialize: () => 2 })
const double = op({ name: 'double', run: ({ n }: { n: number }) => n * 2 })
const sum = op({ name: 'sum', run: ({ all }: { all: readonly number[] }) => all.length })
const show = op({ name: 'show', run: () => {} })
const fromAsset = (name: string, assetKey: string) => ({ fanIn: false, sources: [{ kind: 'asset', input: name, assetKey }] })

function graphOf({ origin }: { readonly origin: AssetOrigin }) {
  if (origin.kind !== 'graph') throw new Error(`origin is ${origin.kind}`)
  return origin.graph
}

describe('a graph asset', () => {
  test('is an asset whose graph reads its upstream assets', () => {
    const report = graphAsset({
      key: 'report',
      inputs: { rows: input(orders), n: rates },
      deps: ['calendar'],
      graph: ({ rows, n }) => {
        double({ n })
        return sum({ all: rows })
      },
    })
    expect(isAsset(report)).toBe(true)
    expect(report).toMatchObject({
      key: 'report',
      group: 'default',
      upstreamKeys: ['raw/orders', 'rates', 'calendar'],
      resources: {},
      checks: [],
    })
    expect(Object.keys(report.inputs)).toEqual(['rows', 'n'])
    expect(graphOf(report)).toEqual({
      nodes: [
        { path: 'double', op: double, inputs: { n: fromAsset('n', 'rates') }, after: [], over: [] },
        { path: 'sum', op: sum, inputs: { all: fromAsset('rows', 'raw/orders') }, after: [], over: [] },
      ],
      result: { node: 'sum', output: 'result' },
    })
  })

  test('keeps what every asset has', () => {
    const json = ioManager({ name: 'json', save: () => {}, load: () => 1 })
    const options = {
      key: 'report',
      group: 'reports',
      description: 'R',
      owners: ['team:a'],
      tags: { a: 'b' },
      kinds: ['csv'],
      codeVersion: '2',
    }
    const report = graphAsset({
      ...options,
      metadata: { rows: 1 },
      ioManager: json,
      retries: { max: 2 },
      checks: { complete: { blocking: true } },
      graph: () => sum({ all: [] }),
    })
    expect(report).toMatchObject({
      ...options,
      metadata: { rows: { type: 'int', value: 1 } },
      ioManager: json,
      retries: { max: 2 },
      checks: [{ name: 'complete', blocking: true }],
    })
  })

  test('maps over an asset by an op that reads it, and may be one of several outputs', () => {
    const split = op({ name: 'split', outputs: { a: {}, b: {} }, run: (_inputs: { all: readonly number[] }) => ({ a: 1, b: 2 }) })
    const graph = graphOf(
      graphAsset({
        key: 'report',
        inputs: { orders },
        graph: (wires) => split({ all: wires.orders.map((n) => double({ n })).collect() }).b,
      }),
    )
    expect(graph.nodes.map(({ path }) => path)).toEqual(['pass_on', 'double', 'split'])
    expect(graph.nodes[0]?.inputs).toEqual({ value: fromAsset('orders', 'raw/orders') })
    expect(graph.result).toEqual({ node: 'split', output: 'b' })
  })

  test('is refused where what it returns is not the output of one op outside of every map', () => {
    const returning = (body: (wires: { orders: Wire<number[]> }) => unknown) => () =>
      graphAsset({ key: 'report', inputs: { orders }, graph: body as () => Wire })
    const hint =
      ' The asset is what one op gives outside of every map: return the wire of such an op. ' +
      "Where the last ops are mapped, .collect() what they give, hand the list to an op, and return that one's wire."
    const mapped = (wires: { orders: Wire<number[]> }) => wires.orders.map((n) => double({ n }))
    expect(returning(mapped)).toThrow(`asset "report": its body returns what is mapped, one value for each element.${hint}`)
    expect(returning((wires) => mapped(wires).collect())).toThrow(`its body returns the collected output of double.${hint}`)
    expect(returning((wires) => (mapped(wires), wires.orders))).toThrow(`its body returns the asset "raw/orders".${hint}`)
    expect(returning((wires) => void mapped(wires))).toThrow(`its body returns nothing.${hint}`)
    expect(returning((wires) => (mapped(wires), 1))).toThrow(`its body returns number, not a wire.${hint}`)
    expect(returning((wires) => wires.orders)).toThrow('asset "report": its body invokes no op')
    expect(returning(async () => show())).toThrow('asset "report": the body of the graph is asynchronous.')
    expect(returning(1 as never)).toThrow('asset "report": graph is number, not a function.')
  })

  test('may not come after an asset by a wire: that is an input or a dep', () => {
    expect(() => graphAsset({ key: 'report', inputs: { orders }, graph: (wires) => show({}, { after: wires.orders }) })).toThrow(
      'asset "report": what show comes after is the asset "raw/orders". It comes before all that reads it',
    )
  })

  test('has no function of its own to call', () => {
    const report = graphAsset({ key: 'report', graph: () => sum({ all: [] }) })
    expect(report.materialize as () => void).toThrow(
      expect.objectContaining({
        code: 'NOT_MATERIALIZABLE',
        message: 'Asset "report" is made by a graph of ops, each with its own run(), so it has no function of its own to call.',
      }),
    )
  })
})
