import { describe, expect, test } from 'vitest'
import { graph, isGraph } from './graph.ts'
import type { GraphNode } from './graph-node.ts'
import { job } from './job.ts'
import { op } from './op.ts'
import type { Wire } from './wire.ts'

const list = op({ name: 'list', run: () => [1, 2] })
const double = op({ name: 'double', run: ({ n }: { n: number }) => n * 2 })
const sum = op({ name: 'sum', run: ({ all }: { all: readonly number[] }) => all.length })
const show = op({ name: 'show', run: () => {} })

const doubled = graph({ name: 'doubled', graph: ({ of }: { of: Wire<number[]> }) => of.map((n) => double({ n })).collect() })
const twice = graph({ name: 'twice', graph: ({ of }: { of: Wire<number[]> }) => doubled({ of: doubled({ of }) }) })

function nodesOf(body: () => unknown): ReadonlyMap<string, GraphNode> {
  return new Map(job({ name: 'j', graph: body as never }).graph.nodes.map((node) => [node.path, node]))
}

describe('a nested graph', () => {
  test('adds its nodes under its name, and gives what its body returns', () => {
    const nodes = nodesOf(() => sum({ all: doubled({ of: list() }) }))
    expect([...nodes.keys()]).toEqual(['list', 'doubled.double', 'sum'])
    expect(nodes.get('doubled.double')).toMatchObject({
      inputs: { n: { sources: [{ kind: 'element', node: 'list' }] } },
      over: [{ node: 'list', output: 'result' }],
    })
    expect(nodes.get('sum')?.inputs['all']?.sources).toEqual([{ kind: 'collect', node: 'doubled.double', output: 'result' }])
  })

  test('may be invoked many times and stand in others; each has names of its own', () => {
    const nodes = nodesOf(() => {
      doubled({ of: list() })
      twice({ of: list() })
      double({ n: sum({ all: list() }) })
    })
    expect([...nodes.keys()]).toEqual([
      'list',
      'doubled.double',
      'list_2',
      'twice.doubled.double',
      'twice.doubled_2.pass_on',
      'twice.doubled_2.double',
      'list_3',
      'sum',
      'double',
    ])
  })

  test('numbers its invocations and does not take the path of an op', () => {
    const named = graph({ name: 'sum', graph: () => show() })
    const nodes = nodesOf(() => {
      sum({ all: list() })
      named()
      named()
    })
    expect([...nodes.keys()]).toEqual(['list', 'sum', 'sum_2.show', 'sum_3.show'])
  })

  test('may take several wires or none, and give several by name', () => {
    const both = graph({ name: 'both', graph: ({ all }: { all: readonly Wire<number>[] }) => ({ total: sum({ all }), shown: show() }) })
    const none = graph({ name: 'none', graph: () => both({ all: [sum({ all: list() })] }) })
    const nodes = nodesOf(() => double({ n: none().total }))
    expect(nodes.get('double')?.inputs['n']?.sources).toEqual([{ kind: 'output', node: 'none.both.sum', output: 'result' }])
  })

  test('comes after something with all its nodes', () => {
    const nodes = nodesOf(() => twice({ of: list() }, { after: show() }))
    expect([...nodes.values()].filter(({ path }) => path.endsWith('double')).map(({ after }) => after)).toEqual([['show'], ['show']])
  })

  test('comes after a whole map with all its nodes, those in maps over the same list included', () => {
    const nodes = nodesOf(() => {
      const numbers = list()
      doubled({ of: numbers }, { after: numbers.map((n) => double({ n })) })
    })
    expect(nodes.get('pass_on')).toMatchObject({ inputs: {}, after: ['double'], over: [] })
    expect(nodes.get('doubled.double')).toMatchObject({ after: ['pass_on'], over: [{ node: 'list' }] })
  })

  test('is refused where its options or its body have no sense', () => {
    expect(isGraph(doubled)).toBe(true)
    expect(() => graph({ name: 'a.b', graph: () => {} })).toThrow('"a.b" can\'t name a graph: "." stands between')
    expect(() => graph({ name: 'a', graph: 1 as never })).toThrow('graph "a": graph is number, not a function.')
    expect(() => doubled({ of: undefined as never })).toThrow(
      expect.objectContaining({
        code: 'OP_OUTSIDE_GRAPH',
        message: expect.stringContaining('Graph "doubled" is called outside of a graph.'),
      }),
    )
    const later = graph({ name: 'later', graph: (async () => show()) as never })
    expect(() => nodesOf(() => later())).toThrow('job "j": the body of graph "later" is asynchronous.')
    expect(() => nodesOf(() => double({ n: doubled as never }))).toThrow('input "n" of double is doubled itself, without a call')
  })
})
