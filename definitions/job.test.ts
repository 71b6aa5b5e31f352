import { describe, expect, test } from 'vitest'
import { asset } from './asset.ts'
import { AssetSelection, printSelection } from './asset-selection.ts'
import { assetJob, isJob, job } from './job.ts'
import { op } from './op.ts'
import type { Wire } from './wire.ts'

describe('an asset job', () => {
  test('takes its selection as text or as AssetSelection', () => {
    const text = assetJob({ name: 'nightly', selection: 'group:reports and not tag:slow' })
    const built = assetJob({ name: 'nightly', selection: AssetSelection.groups('reports').and(AssetSelection.tag('slow').not()) })
    expect(isJob(text)).toBe(true)
    expect(text.selection.node).toEqual(built.selection.node)
    expect(printSelection(built.selection)).toBe('group:reports and not tag:slow')
  })

  test('has defaults for what is not said', () => {
    expect(assetJob({ name: 'nightly', selection: '*' })).toMatchObject({
      kind: 'assets',
      description: undefined,
      tags: {},
      runConfig: {},
    })
  })

  test('refuses a name, a tag and a selection that are none; a text without sense is left to definitions()', () => {
    const orders = asset({ key: 'orders', materialize: () => 1 })
    expect(() => assetJob({ name: 'my job', selection: '*' })).toThrow('"my job" can\'t name a job')
    expect(() => assetJob({ name: 'j', selection: '*', tags: { 'a b': '' } })).toThrow('job "j": tag key "a b"')
    expect(() => assetJob({ name: 'j', selection: orders as never })).toThrow('For single assets use AssetSelection.keys(asset)')
    const unreadable = assetJob({ name: 'j', selection: 'a,b' })
    expect(() => unreadable.selection).toThrow(expect.objectContaining({ code: 'SELECTION_SYNTAX' }))
  })
})

describe('a graph job', () => {
  const fetchData = op({ name: 'fetch_data', run: () => [1, 2] })
  const filterData = op({ name: 'filter_data', run: ({ data }: { data: number[] }) => data })
  const saveData = op({ name: 'save_data', run: (_inputs: { data: number[] }) => {} })

  test('has the nodes that its body invoked, each with where its inputs come from', () => {
    const myPipeline = job({ name: 'my_pipeline', graph: () => saveData({ data: filterData({ data: fetchData() }) }) })
    expect(isJob(myPipeline)).toBe(true)
    expect(myPipeline).toMatchObject({ kind: 'graph', name: 'my_pipeline', description: undefined, tags: {}, runConfig: {} })
    expect(myPipeline.retries).toBeUndefined()
    const from = (node: string) => ({ data: { fanIn: false, sources: [{ kind: 'output', node, output: 'result' }] } })
    expect(myPipeline.graph.nodes).toEqual([
      { path: 'fetch_data', op: fetchData, inputs: {}, after: [], over: [] },
      { path: 'filter_data', op: filterData, inputs: from('fetch_data'), after: [], over: [] },
      { path: 'save_data', op: saveData, inputs: from('filter_data'), after: [], over: [] },
    ])
    expect(myPipeline.graph.result).toEqual({ node: 'save_data', output: 'result' })
  })

  test('keeps its options', () => {
    const options = { name: 'j', description: 'Nightly', tags: { a: 'b' }, runConfig: { ops: { fetch_data: { limit: 1 } } } }
    const nightly = job({ ...options, retries: { max: 3, delay: '1s' }, graph: () => fetchData() })
    expect(nightly).toMatchObject({ ...options, retries: { max: 3, delayMs: 1_000 } })
  })

  test('runs its body once, when it is declared', () => {
    let times = 0
    const counted = job({
      name: 'j',
      graph: () => {
        times += 1
        fetchData()
      },
    })
    expect([times, counted.graph.nodes.length, times]).toEqual([1, 1, 1])
  })

  test('numbers the invocations of one op from the second on, past names that are taken', () => {
    const second = op({ name: 'fetch_data_2', run: () => 1 })
    const { graph } = job({
      name: 'j',
      graph: () => {
        second()
        for (let count = 0; count < 3; count += 1) fetchData()
      },
    })
    expect(graph.nodes.map(({ path }) => path)).toEqual(['fetch_data_2', 'fetch_data', 'fetch_data_3', 'fetch_data_4'])
  })

  test('wires several outputs by name, several wires to one input, and leaves out an optional input', () => {
    const split = op({ name: 'split', outputs: { evens: {}, odds: { optional: true } }, run: () => ({ evens: 1, odds: 2 }) })
    const sum = op({ name: 'sum', run: (_inputs: { all: readonly number[]; by?: number }) => 1 })
    const { graph } = job({
      name: 'j',
      graph: () => {
        const { evens, odds } = split()
        sum({ all: [evens, odds] })
        sum({ all: [], by: evens })
      },
    })
    const [evens, odds] = ['evens', 'odds'].map((output) => ({ kind: 'output', node: 'split', output }))
    expect(graph.nodes.slice(1).map(({ inputs }) => inputs)).toEqual([
      { all: { fanIn: true, sources: [evens, odds] } },
      { all: { fanIn: true, sources: [] }, by: { fanIn: false, sources: [evens] } },
    ])
    expect(graph.result).toBeUndefined()
  })

  test('has an order without data, each node named once', () => {
    const cleanUp = op({ name: 'clean_up', run: () => {} })
    const { graph } = job({
      name: 'j',
      graph: () => {
        const data = fetchData()
        const saved = saveData({ data })
        cleanUp({}, { after: [saved, data, saved] })
        cleanUp(undefined, { after: saved })
      },
    })
    expect(graph.nodes.map(({ after }) => after)).toEqual([[], [], ['save_data', 'fetch_data'], ['save_data']])
  })

  test('is refused with its name where its options or its body have no sense', () => {
    const withBody = (body: () => unknown) => () => job({ name: 'j', graph: body as never })
    expect(() => job({ name: 'a b', graph: () => fetchData() })).toThrow('"a b" can\'t name a job')
    expect(() => job({ name: 'j', selection: '*' } as never)).toThrow(
      'job "j": graph is undefined, not a function. For a job on assets use assetJob()',
    )
    expect(withBody(() => undefined)).toThrow('job "j": its body invokes no op, so there is nothing to run.')
    expect(withBody(() => filterData({ data: [1] as never }))).toThrow('job "j": input "data"[0] of filter_data is number, not a wire.')
    expect(withBody(() => filterData({ data: fetchData as never }))).toThrow(
      'input "data" of filter_data is fetch_data itself, without a call, not a wire',
    )
    expect(withBody(() => filterData({ data: null as never }))).toThrow('input "data" of filter_data is null, not a wire')
    expect(withBody(() => filterData(fetchData() as never))).toThrow('filter_data is given a wire where it takes its inputs by name')
    expect(withBody(() => fetchData({}, { after: 'x' as never }))).toThrow('what fetch_data comes after is string, not a wire')
  })

  test('may not have an asynchronous body, and what that goes on to do harms nobody', async () => {
    const body = async () => {
      fetchData()
      await Promise.resolve()
      fetchData()
    }
    expect(() => job({ name: 'j', graph: body as never })).toThrow(
      expect.objectContaining({
        code: 'GRAPH_INVALID',
        message: expect.stringContaining('job "j": the body of the graph is asynchronous.'),
      }),
    )
    await new Promise((resolve) => setImmediate(resolve))
  })

  test('lets through what its body throws, and then no body is running any more', () => {
    const error = new Error('mine')
    const throwing = () => {
      throw error
    }
    expect(() => job({ name: 'j', graph: throwing })).toThrow(error)
    expect(() => fetchData()).toThrow(expect.objectContaining({ code: 'OP_OUTSIDE_GRAPH' }))
  })

  test('takes no wire of another graph', () => {
    let leaked: Wire<number[]> | undefined
    job({ name: 'one', graph: () => void (leaked = fetchData()) })
    expect(() => job({ name: 'two', graph: () => filterData({ data: leaked as Wire<number[]> }) })).toThrow(
      expect.objectContaining({
        code: 'WIRE_OUT_OF_SCOPE',
        message: expect.stringContaining('job "two": input "data" of filter_data is a wire of the graph of job "one".'),
      }),
    )
    expect(() => leaked?.map((n) => n)).toThrow(expect.objectContaining({ code: 'OP_OUTSIDE_GRAPH' }))
  })
})
