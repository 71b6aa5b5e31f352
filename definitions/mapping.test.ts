import { describe, expect, test } from 'vitest'
import { isAssetryError } from './errors.ts'
import type { GraphNode } from './graph-node.ts'
import { job } from './job.ts'
import { op } from './op.ts'
import type { MappedWire, Wire } from './wire.ts'

const list = op({ name: 'list', run: () => [1, 2] })
const lists = op({ name: 'lists', run: () => [[1], [2]] })
const double = op({ name: 'double', run: ({ n }: { n: number }) => n * 2 })
const add = op({ name: 'add', run: ({ n, to }: { n: number; to: number }) => n + to })
const sum = op({ name: 'sum', run: ({ all }: { all: readonly number[] }) => all.length })
const total = op({ name: 'total', run: ({ all }: { all: readonly (readonly number[])[] }) => all.length })
const show = op({ name: 'show', run: () => {} })

function nodesOf(body: () => unknown): Readonly<Record<string, Omit<GraphNode, 'op' | 'path'>>> {
  const { nodes } = job({ name: 'j', graph: body as never }).graph
  return Object.fromEntries(nodes.map(({ path, inputs, after, over }) => [path, { inputs, after, over }]))
}

function refusalOf(body: () => unknown): string {
  try {
    nodesOf(body)
  } catch (error) {
    if (isAssetryError(error)) return `${error.code} ${error.message}`
    throw error
  }
  return 'nothing is refused'
}

const result = (node: string) => ({ node, output: 'result' })
const from = (kind: 'output' | 'collect', node: string) => ({ fanIn: false, sources: [{ kind, ...result(node) }] })
const element = (node: string, level = 0) => ({ fanIn: false, sources: [{ kind: 'element', ...result(node), level }] })

describe('a map', () => {
  test('gives the element of a list to nodes that are over it, and collects them outside', () => {
    const nodes = nodesOf(() =>
      sum({
        all: list()
          .map((n) => double({ n }))
          .collect(),
      }),
    )
    expect(nodes).toEqual({
      list: { inputs: {}, after: [], over: [] },
      double: { inputs: { n: element('list') }, after: [], over: [result('list')] },
      sum: { inputs: { all: from('collect', 'double') }, after: [], over: [] },
    })
  })

  test('may use wires from around it', () => {
    const nodes = nodesOf(() => {
      const to = sum({ all: list() })
      return list().map((n) => add({ n, to }))
    })
    expect(nodes['add']).toEqual({ inputs: { n: element('list_2'), to: from('output', 'sum') }, after: [], over: [result('list_2')] })
  })

  test('goes on element by element, in the same map', () => {
    const nodes = nodesOf(() =>
      list()
        .map((n) => ({ n, twice: double({ n }) }))
        .map(({ n, twice }) => add({ n, to: twice })),
    )
    expect(nodes['add']).toEqual({ inputs: { n: element('list'), to: from('output', 'double') }, after: [], over: [result('list')] })
  })

  test('is over one of several outputs where that is mapped', () => {
    const split = op({ name: 'split', outputs: { evens: {}, odds: {} }, run: () => ({ evens: [2], odds: [1] }) })
    const nodes = nodesOf(() => split().odds.map((n) => double({ n })))
    expect(nodes['double']).toMatchObject({ inputs: { n: { sources: [{ output: 'odds' }] } }, over: [{ node: 'split', output: 'odds' }] })
  })

  test('stands in another, outermost list first, and is collected inside of it', () => {
    const inner = op({ name: 'inner', run: (_inputs: { n: number }) => [1] })
    const nodes = nodesOf(() => {
      const sums = list().map((n) => {
        const products = inner({ n }).map((by) => add({ n, to: by }))
        return sum({ all: products.collect() })
      })
      return sum({ all: sums.collect() })
    })
    expect(nodes['inner']?.over).toEqual([result('list')])
    expect(nodes['add']).toMatchObject({ inputs: { n: element('list'), to: element('inner', 1) }, over: [result('list'), result('inner')] })
    expect(nodes['sum']).toMatchObject({ inputs: { all: from('collect', 'add') }, over: [result('list')] })
    expect(nodes['sum_2']).toMatchObject({ inputs: { all: from('collect', 'sum') }, over: [] })
  })

  test('may return nothing, and several wires of which each is collected', () => {
    expect(
      nodesOf(() =>
        list()
          .map(() => undefined)
          .collect(),
      ),
    ).toHaveProperty('list')
    const nodes = nodesOf(() => {
      const { n, twice } = list()
        .map((each) => ({ n: double({ n: each }), twice: double({ n: each }) }))
        .collect()
      sum({ all: n })
      sum({ all: twice })
    })
    expect(nodes['sum']?.inputs).toEqual({ all: from('collect', 'double') })
    expect(nodes['sum_2']?.inputs).toEqual({ all: from('collect', 'double_2') })
  })

  test('as a whole may come before something', () => {
    const nodes = nodesOf(() => {
      const mapped = list().map((n) => {
        double({ n })
      })
      const further = mapped.map(() => show())
      show({}, { after: [mapped, list()] })
      return further
    })
    expect(nodes['show_2']).toEqual({ inputs: {}, after: ['double', 'show', 'list_2'], over: [] })

    const nested = nodesOf(() => {
      const mapped = lists().map((each) => {
        each.map((n) => double({ n }))
      })
      show({}, { after: mapped })
    })
    expect(nested['pass_on_2']).toEqual({ inputs: {}, after: ['double'], over: [result('lists')] })
    expect(nested['show']).toEqual({ inputs: {}, after: ['pass_on', 'pass_on_2'], over: [] })
  })
})

describe('a list that no op gives at the place where it is mapped', () => {
  test('is passed on by an op there: an element, a collected list, one from around the map', () => {
    const ofElement = nodesOf(() => lists().map((each) => each.map((n) => double({ n })).collect()))
    expect(ofElement['pass_on']).toEqual({ inputs: { value: element('lists') }, after: [], over: [result('lists')] })
    expect(ofElement['double']).toMatchObject({ inputs: { n: element('pass_on', 1) }, over: [result('lists'), result('pass_on')] })

    const collected = nodesOf(() =>
      list()
        .map((n) => double({ n }))
        .collect()
        .map((n) => double({ n })),
    )
    expect(collected['pass_on']).toEqual({ inputs: { value: from('collect', 'double') }, after: [], over: [] })
    expect(collected['double_2']?.over).toEqual([result('pass_on')])

    const around = nodesOf(() => {
      const others = list()
      return list().map((n) => others.map((to) => add({ n, to })).collect())
    })
    expect(around['pass_on']).toEqual({ inputs: { value: from('output', 'list') }, after: [], over: [result('list_2')] })
    expect(around['add']).toMatchObject({
      inputs: { n: element('list_2', 0), to: element('pass_on', 1) },
      over: [result('list_2'), result('pass_on')],
    })
  })

  test('is passed on before it is collected: a collected list, the element itself, a wire from around the map', () => {
    const twice = nodesOf(() =>
      total({
        all: lists()
          .map((each) => each.map((n) => double({ n })).collect())
          .collect(),
      }),
    )
    expect(twice['pass_on_2']).toEqual({ inputs: { value: from('collect', 'double') }, after: [], over: [result('lists')] })
    expect(twice['total']).toEqual({ inputs: { all: from('collect', 'pass_on_2') }, after: [], over: [] })

    const itself = nodesOf(() =>
      sum({
        all: list()
          .map((n) => n)
          .collect(),
      }),
    )
    expect(itself['pass_on']).toEqual({ inputs: { value: element('list') }, after: [], over: [result('list')] })

    const around = nodesOf(() => {
      const to = sum({ all: list() })
      return sum({
        all: list()
          .map(() => to)
          .collect(),
      })
    })
    expect(around['pass_on']).toEqual({ inputs: { value: from('output', 'sum') }, after: [], over: [result('list_2')] })
  })
})

describe('a collected list', () => {
  test('is passed on where it was collected, for use inside of maps: of its own list as of others', () => {
    const nodes = nodesOf(() => {
      const numbers = list()
      const all = numbers.map((n) => double({ n })).collect()
      const used = (n: Wire<number>) => add({ n, to: sum({ all }) })
      numbers.map(used)
      list().map(used)
    })
    expect(nodes['pass_on']).toEqual({ inputs: { value: from('collect', 'double') }, after: [], over: [] })
    expect(nodes['sum']).toMatchObject({ inputs: { all: from('output', 'pass_on') }, over: [result('list')] })
    expect(nodes['sum_2']).toMatchObject({ inputs: { all: from('output', 'pass_on_2') }, over: [result('list_2')] })
  })

  test('is passed on both where it was collected and where it is mapped or collected again', () => {
    const mappedAgain = nodesOf(() => {
      const all = list()
        .map((n) => double({ n }))
        .collect()
      return list().map((n) => sum({ all: all.map((to) => add({ n, to })).collect() }))
    })
    expect(mappedAgain['pass_on']).toEqual({ inputs: { value: from('collect', 'double') }, after: [], over: [] })
    expect(mappedAgain['pass_on_2']).toEqual({ inputs: { value: from('output', 'pass_on') }, after: [], over: [result('list_2')] })
    expect(mappedAgain['add']?.over).toEqual([result('list_2'), result('pass_on_2')])

    const collectedAgain = nodesOf(() => {
      const all = list()
        .map((n) => double({ n }))
        .collect()
      return total({
        all: list()
          .map(() => all)
          .collect(),
      })
    })
    expect(collectedAgain['pass_on']).toEqual({ inputs: { value: from('collect', 'double') }, after: [], over: [] })
    expect(collectedAgain['pass_on_2']).toEqual({ inputs: { value: from('output', 'pass_on') }, after: [], over: [result('list_2')] })
    expect(collectedAgain['total']).toEqual({ inputs: { all: from('collect', 'pass_on_2') }, after: [], over: [] })
  })

  test('may be what something comes after, inside of maps too', () => {
    const nodes = nodesOf(() => {
      const all = list()
        .map((n) => double({ n }))
        .collect()
      show({}, { after: all })
      list().map(() => show({}, { after: all }))
    })
    expect([nodes['show']?.after, nodes['show_2']?.after, nodes['pass_on']?.over]).toEqual([['double'], ['pass_on'], []])
  })
})

describe('what belongs to the elements of a list', () => {
  const leak = <TValue>(): { value: TValue } => ({ value: undefined as TValue })

  test('is not used outside of their map', () => {
    const leaked = leak<Wire<number>>()
    const leaking = (value: (n: Wire<number>) => Wire<number>) => () => {
      list().map((n) => void (leaked.value = value(n)))
      return double({ n: leaked.value })
    }
    expect(refusalOf(leaking((n) => n))).toBe(
      'WIRE_OUT_OF_SCOPE job "j": input "n" of double is an element of the list of list, which is inside a map: there is one for each element of list. ' +
        'Use it in the function given to map, or return it from there and .collect() what map gives.',
    )
    expect(refusalOf(leaking((n) => double({ n })))).toContain('input "n" of double is the output of double, which is inside a map')
    expect(
      refusalOf(() => {
        leaking((n) => n)
        list().map((n) => void (leaked.value = n))
        return leaked.value
      }),
    ).toContain('what the body returns is an element of the list of list')
  })

  test('is not used in another map, though it be over the same list', () => {
    const leaked = leak<Wire<number>>()
    const refusal = refusalOf(() => {
      const numbers = list()
      numbers.map((n) => void (leaked.value = n))
      numbers.map(() => double({ n: leaked.value }))
    })
    expect(refusal).toContain('WIRE_OUT_OF_SCOPE job "j": input "n" of double is an element of the list of list')
  })

  test('is no input as a whole', () => {
    const mapped = () => list().map((n) => double({ n })) as never
    const text =
      'is mapped: there is one value for each element. Call the op in .map(), once an element, or .collect() all values as a list.'
    expect(refusalOf(() => sum({ all: mapped() }))).toBe(`WIRE_OUT_OF_SCOPE job "j": input "all" of sum ${text}`)
    expect(refusalOf(() => sum({ all: [mapped()] }))).toBe(`WIRE_OUT_OF_SCOPE job "j": input "all"[0] of sum ${text}`)
    expect(refusalOf(() => sum(mapped()))).toContain('sum is given a wire where it takes its inputs by name')
  })

  test('is collected, mapped further and come after where its map stands', () => {
    const leaked = leak<MappedWire<Wire<number>>>()
    const nested = (then: () => unknown) => () => {
      lists().map((each) => void (leaked.value = each.map((n) => double({ n }))))
      return then()
    }
    const text = 'is mapped inside of another map, so there is one for each element of that.'
    expect(refusalOf(nested(() => leaked.value.collect()))).toContain(`what is collected ${text}`)
    expect(refusalOf(nested(() => leaked.value.map((n) => n)))).toContain(`what is mapped further ${text}`)
    expect(refusalOf(nested(() => show({}, { after: leaked.value })))).toContain(`what show comes after ${text}`)
    expect(
      refusalOf(() => {
        const mapped = list().map((n) => double({ n }))
        return lists().map(() => show({}, { after: mapped }))
      }),
    ).toContain('WIRE_OUT_OF_SCOPE job "j": what show comes after is mapped outside of the map over lists that this is in. Let what gives')
  })
})

describe('a wire', () => {
  test('has no value in the body: not in a text, not in a sum, not in a comparison', () => {
    const used = (use: (wire: never) => unknown) => refusalOf(() => use(list() as never))
    const text = 'GRAPH_INVALID job "j": the output of list was made part of a text, a sum or a comparison in the body of a graph.'
    expect(used((wire) => String(wire))).toContain(text)
    expect(used((wire) => `rows: ${wire}`)).toContain(text)
    expect(used((wire) => wire + 1)).toContain(text)
    expect(used((wire) => wire > 3)).toContain(text)
  })
})

describe('the function given to map', () => {
  test('is synchronous and returns wires or nothing', () => {
    const returning = (value: unknown) => refusalOf(() => list().map(() => value as undefined))
    expect(refusalOf(() => list().map(1 as never))).toBe('GRAPH_INVALID job "j": map is given number, not a function.')
    expect(returning(1)).toBe('GRAPH_INVALID job "j": the function given to map returns number. Return a wire, wires by name, or nothing.')
    expect(returning({ n: 1 })).toContain('returns number')
    expect(returning(Promise.resolve())).toContain('GRAPH_INVALID job "j": the function given to map is asynchronous.')
    expect(refusalOf(() => lists().map((each) => each.map((n) => n) as never))).toContain(
      'WIRE_OUT_OF_SCOPE job "j": the function given to map returns what is mapped once more. .collect() it there',
    )
  })
})
