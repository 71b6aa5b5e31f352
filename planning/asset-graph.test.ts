import { describe, expect, test } from 'vitest'
import { buildAssetGraph } from './asset-graph.ts'

/** Nodes from lines such as `c: a b`. */
const nodes = (...lines: readonly string[]) =>
  lines.map((line) => {
    const [key = '', upstream = ''] = line.split(':')
    return { key, upstreamKeys: upstream.split(' ').filter(Boolean) }
  })

const diamond = nodes('d: b c', 'b: a', 'c: a', 'a:')

describe('the order of a graph', () => {
  test('puts each asset after those it needs', () => {
    expect(buildAssetGraph(diamond).order).toEqual(['a', 'b', 'c', 'd'])
  })

  test('is the declared one where that will do', () => {
    expect(buildAssetGraph(nodes('x:', 'a:', 'c: a', 'b: x', 'd: c')).order).toEqual(['x', 'a', 'c', 'b', 'd'])
  })

  test('is refused with the path where assets need each other in a circle', () => {
    expect(() => buildAssetGraph(nodes('z: b', 'a: c', 'b: a', 'c: b'))).toThrow(
      expect.objectContaining({
        code: 'ASSET_CYCLE',
        message: expect.stringContaining('b → c → a → b'),
        facts: { cycle: ['b', 'c', 'a', 'b'] },
      }),
    )
  })
})

describe('the neighbours in a graph', () => {
  test('are known in both directions, each once, without those outside', () => {
    const graph = buildAssetGraph(nodes('a:', 'b: a a elsewhere', 'c: a'))
    expect([...graph.upstream]).toEqual([
      ['a', []],
      ['b', ['a']],
      ['c', ['a']],
    ])
    expect(graph.downstream.get('a')).toEqual(['b', 'c'])
  })

  test('of names that every object has are only those declared', () => {
    const graph = buildAssetGraph(nodes('constructor: __proto__', '__proto__:'))
    expect(graph.order).toEqual(['__proto__', 'constructor'])
    expect(graph.downstream.get('toString')).toBeUndefined()
  })
})

describe('ancestors and descendants', () => {
  const chain = buildAssetGraph(nodes('a:', 'b: a', 'c: b', 'd: c', 'e: c b'))

  test('go all the way, or as many steps as asked', () => {
    expect([...chain.ancestors(['d'])]).toEqual(['c', 'b', 'a'])
    expect([...chain.ancestors(['d'], 1)]).toEqual(['c'])
    expect([...chain.descendants(['a'], 2)]).toEqual(['b', 'c', 'e'])
    expect([...chain.descendants(['e'])]).toEqual([])
  })

  test('hold a start only where another one reaches it', () => {
    expect([...chain.ancestors(['d', 'b'])]).toEqual(['c', 'a', 'b'])
  })

  test('count steps from the nearest start', () => {
    expect([...chain.descendants(['a', 'c'], 1)]).toEqual(['b', 'd', 'e'])
  })
})

test('a chain of 50,000 assets, declared backwards, needs no stack', () => {
  const length = 50_000
  const long = Array.from({ length }, (_, index) => ({ key: `a${index}`, upstreamKeys: index + 1 < length ? [`a${index + 1}`] : [] }))
  const graph = buildAssetGraph(long)
  expect(graph.order[0]).toBe(`a${length - 1}`)
  expect(graph.ancestors(['a0']).size).toBe(length - 1)
  expect(() => buildAssetGraph(long.map((node, index) => (index === length - 1 ? { ...node, upstreamKeys: ['a0'] } : node)))).toThrow(
    'a0 → ',
  )
})
