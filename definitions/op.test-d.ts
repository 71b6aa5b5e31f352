import { describe, expectTypeOf, test } from 'vitest'
import { z } from 'zod'
import { dynamicOutput } from './dynamic-output.ts'
import { op } from './op.ts'
import type { OpContext } from './op-context.ts'
import { output } from './output.ts'
import { resource } from './resource.ts'
import type { Wire } from './wire.ts'

interface Row {
  id: number
  value: number
}

const fetchData = op({ name: 'fetch_data', run: () => [{ id: 1, value: 42 }] })
const filterData = op({ name: 'filter_data', run: ({ data }: { data: Row[] }) => data.filter((row) => row.value > 10) })
const saveData = op({ name: 'save_data', run: ({ data }: { data: Row[] }, { log }) => log.info(`saving ${data.length}`) })
const split = op({
  name: 'split',
  outputs: { evens: {}, odds: { optional: true } },
  run: ({ data }: { data: Row[] }): { evens: number[]; odds?: number[] } => ({ evens: data.map((row) => row.id) }),
})
const page = op({ name: 'page', run: ({ rows, size }: { rows: readonly Row[]; size?: number }) => rows.slice(0, size) })
const duckdb = resource({ name: 'duckdb', create: async () => ({ query: (sql: string) => [sql] }) })

describe('the wire of an op', () => {
  test('carries what run returns, without its promise and its output()', () => {
    const loaded = op({ name: 'loaded', run: async ({ id }: { id: number }) => output({ id }, { metadata: { id } }) })
    expectTypeOf(fetchData()).toEqualTypeOf<Wire<{ id: number; value: number }[]>>()
    expectTypeOf(filterData({ data: fetchData() })).toEqualTypeOf<Wire<Row[]>>()
    expectTypeOf<ReturnType<typeof saveData>>().toEqualTypeOf<Wire<void>>()
    expectTypeOf<ReturnType<typeof loaded>>().toEqualTypeOf<Wire<{ id: number }>>()
  })

  test('carries the elements of a list without their dynamicOutput()', () => {
    const files = op({ name: 'files', run: async () => ['a'].map((name) => dynamicOutput({ name }, { mappingKey: name })) })
    const some = op({ name: 'some', run: (): readonly (string | ReturnType<typeof dynamicOutput<string>>)[] => ['a'] })
    const kept = op({ name: 'kept', run: (): readonly [string, number] => ['a', 1] })
    expectTypeOf<ReturnType<typeof files>>().toEqualTypeOf<Wire<{ name: string }[]>>()
    expectTypeOf<ReturnType<typeof some>>().toEqualTypeOf<Wire<readonly string[]>>()
    expectTypeOf<ReturnType<typeof kept>>().toEqualTypeOf<Wire<readonly [string, number]>>()
  })

  test('of an optional output is without undefined, and only of such a one', () => {
    const maybe = op({ name: 'maybe', optional: true, run: ({ id }: { id: number }) => (id > 1 ? id : undefined) })
    const always = op({ name: 'always', run: ({ id }: { id: number }) => (id > 1 ? id : undefined) })
    expectTypeOf<ReturnType<typeof maybe>>().toEqualTypeOf<Wire<number>>()
    expectTypeOf<ReturnType<typeof always>>().toEqualTypeOf<Wire<number | undefined>>()
  })

  test('fits where what it carries fits', () => {
    expectTypeOf<Wire<Row[]>>().toExtend<Wire<readonly { id: number }[]>>()
    expectTypeOf<Wire<{ id: number }[]>>().not.toExtend<Wire<Row[]>>()
    expectTypeOf<Wire<string | undefined>>().not.toExtend<Wire<string>>()
  })
})

describe('several outputs', () => {
  test('give a wire each, an optional one without undefined', () => {
    expectTypeOf<ReturnType<typeof split>>().toEqualTypeOf<{ readonly evens: Wire<number[]>; readonly odds: Wire<number[]> }>()
  })

  test('may be returned by a promise and each with output()', () => {
    const both = op({ name: 'both', outputs: { a: {}, b: {} }, run: async () => ({ a: output(1), b: 'x' }) })
    expectTypeOf<ReturnType<typeof both>>().toEqualTypeOf<{ readonly a: Wire<number>; readonly b: Wire<string> }>()
  })

  test('may differ from branch to branch', () => {
    const branch = op({
      name: 'branch',
      outputs: { left: { optional: true }, right: { optional: true } },
      run: ({ id }: { id: number }) => (id > 1 ? { left: id } : { right: 'x' }),
    })
    expectTypeOf<ReturnType<typeof branch>>().toEqualTypeOf<{ readonly left: Wire<number>; readonly right: Wire<string> }>()
  })

  test('are all returned, but for optional ones, and no others', () => {
    // @ts-expect-error b is missing
    op({ name: 'x', outputs: { a: {}, b: {} }, run: () => ({ a: 1 }) })
    // @ts-expect-error b may be missing and is not optional
    op({ name: 'x', outputs: { a: {}, b: {} }, run: (): { a: number; b?: number } => ({ a: 1 }) })
    // @ts-expect-error c is not among the outputs
    op({ name: 'x', outputs: { a: {} }, run: () => ({ a: 1, c: 2 }) })
    // @ts-expect-error c is not among the outputs
    op({ name: 'x', outputs: { a: {} }, run: async () => ({ a: 1, c: 2 }) })
    // @ts-expect-error not an object with the outputs
    op({ name: 'x', outputs: { a: {} }, run: () => 1 })
    // @ts-expect-error a list is not an object with the outputs
    op({ name: 'x', outputs: { a: {} }, run: () => [1] })
    // @ts-expect-error the option is optional
    op({ name: 'x', outputs: { a: { required: false } }, run: () => ({ a: 1 }) })
  })
})

describe('the inputs of an invocation', () => {
  test('are wires of what run takes', () => {
    // @ts-expect-error a row has a value
    filterData({ data: op({ name: 'ids', run: () => [{ id: 1 }] })() })
    // @ts-expect-error rows, not a text
    filterData({ data: op({ name: 'text', run: () => 'x' })() })
    // @ts-expect-error rows are no wire
    filterData({ data: [{ id: 1, value: 1 }] })
    // @ts-expect-error by name
    filterData(fetchData())
  })

  test('are all given, but for optional ones, and no others', () => {
    page({ rows: fetchData() })
    page({ rows: fetchData(), size: op({ name: 'size', run: () => 10 })() })
    // @ts-expect-error data is missing
    filterData({})
    // @ts-expect-error data is missing
    filterData()
    // @ts-expect-error not an input
    filterData({ data: fetchData(), other: fetchData() })
    // @ts-expect-error rows is missing
    page({ size: op({ name: 'size', run: () => 10 })() })
    // @ts-expect-error a text is no size
    page({ rows: fetchData(), size: op({ name: 'text', run: () => 'x' })() })
    // @ts-expect-error no inputs at all
    fetchData({ data: fetchData() })
  })

  test('of a list are one wire, or several', () => {
    const row = op({ name: 'row', run: (): Row => ({ id: 1, value: 1 }) })
    filterData({ data: [row(), row()] })
    page({ rows: [row()] })
    // @ts-expect-error wires of rows, not of lists of them
    filterData({ data: [fetchData()] })
    // @ts-expect-error one of them is a text
    filterData({ data: [row(), op({ name: 'text', run: () => 'x' })()] })
    // @ts-expect-error a number is no list
    page({ rows: fetchData(), size: [op({ name: 'size', run: () => 10 })()] })
  })

  test('of several outputs are one of its wires', () => {
    const sum = op({ name: 'sum', run: ({ ids }: { ids: number[] }) => ids.length })
    const { evens, odds } = split({ data: fetchData() })
    sum({ ids: evens })
    sum({ ids: odds })
    // @ts-expect-error which of its outputs?
    sum({ ids: split({ data: fetchData() }) })
    // @ts-expect-error no such output
    sum({ ids: split({ data: fetchData() }).primes })
  })
})

describe('what an invocation comes after', () => {
  test('is one wire or several, in the second argument', () => {
    const cleanUp = op({ name: 'clean_up', run: () => {} })
    const saved = saveData({ data: fetchData() })
    cleanUp({}, { after: saved })
    cleanUp(undefined, { after: saved })
    cleanUp({}, { after: [saved, fetchData().map((row) => op({ name: 'show', run: ({ row }: { row: Row }) => row })({ row }))] })
    saveData({ data: fetchData() }, { after: saved })
    // @ts-expect-error the inputs come first
    cleanUp({ after: saved })
    // @ts-expect-error the option is after
    cleanUp({}, { before: saved })
    // @ts-expect-error an op that was not invoked
    cleanUp({}, { after: saveData })
  })
})

describe('mapping', () => {
  const double = op({ name: 'double', run: ({ row }: { row: Row }) => row.value * 2 })
  const sum = op({ name: 'sum', run: ({ numbers }: { numbers: readonly number[] }) => numbers.length })

  test('gives each element to a function, and collects what that returns', () => {
    const mapped = fetchData().map((row) => {
      expectTypeOf(row).toEqualTypeOf<Wire<Row>>()
      return double({ row })
    })
    expectTypeOf(mapped.collect()).toEqualTypeOf<Wire<number[]>>()
    sum({ numbers: mapped.collect() })
  })

  test('goes on element by element', () => {
    const label = op({ name: 'label', run: ({ number }: { number: number }) => `${number}` })
    const labels = fetchData()
      .map((row) => double({ row }))
      .map((number) => label({ number }))
    expectTypeOf(labels.collect()).toEqualTypeOf<Wire<string[]>>()
  })

  test('collects several wires by name, and nothing where nothing is returned', () => {
    const mapped = fetchData().map((row) => ({ row, double: double({ row }) }))
    expectTypeOf(mapped.collect()).toEqualTypeOf<{ readonly row: Wire<Row[]>; readonly double: Wire<number[]> }>()
    const none = fetchData().map((row) => {
      double({ row })
    })
    expectTypeOf(none.collect()).toEqualTypeOf<void>()
  })

  test('may stand in another', () => {
    const groups = op({ name: 'groups', run: (): Row[][] => [] })
    const lists = groups().map((rows) => rows.map((row) => double({ row })).collect())
    expectTypeOf(lists.collect()).toEqualTypeOf<Wire<number[][]>>()
    // @ts-expect-error the inner one is not collected
    groups().map((rows) => rows.map((row) => double({ row })))
  })

  test('is for lists', () => {
    const one = op({ name: 'one', run: (): Row => ({ id: 1, value: 1 }) })
    // @ts-expect-error a row is no list
    one().map((row) => row)
    // @ts-expect-error a list that may be missing is none
    op({ name: 'maybe', run: (): Row[] | undefined => [] })().map((row) => row)
  })

  test('needs the right element, a function that returns wires, and no promise', () => {
    // @ts-expect-error a row is no list of rows
    fetchData().map((row) => filterData({ data: row }))
    // @ts-expect-error a number is no wire
    fetchData().map(() => 1)
    // @ts-expect-error asynchronous
    fetchData().map(async (row) => double({ row }))
    // @ts-expect-error asynchronous
    fetchData().map(async () => {})
  })

  test('has no value as a whole but collected', () => {
    // @ts-expect-error mapped
    sum({ numbers: fetchData().map((row) => double({ row })) })
    // @ts-expect-error mapped
    sum({ numbers: [fetchData().map((row) => double({ row }))] })
  })
})

describe('the context of an op', () => {
  test('has config and resources as declared, beside annotated inputs or ignored ones', () => {
    op({
      name: 'x',
      config: z.object({ limit: z.number().default(10) }),
      resources: { db: duckdb },
      run: ({ data }: { data: Row[] }, { config, resources, mappingKeys, opName }) => {
        expectTypeOf(config).toEqualTypeOf<{ limit: number }>()
        expectTypeOf(resources.db.query).toEqualTypeOf<(sql: string) => string[]>()
        expectTypeOf(mappingKeys).toEqualTypeOf<readonly string[]>()
        expectTypeOf(opName).toEqualTypeOf<string>()
        return data
      },
    })
    const ignoring = op({ name: 'x', config: z.object({ limit: z.number() }), run: (_inputs, { config }) => config.limit })
    expectTypeOf(ignoring()).toEqualTypeOf<Wire<number>>()
  })

  test('has nothing that is not declared, and no asset', () => {
    // @ts-expect-error no config
    op({ name: 'x', run: (_inputs, { config }) => config.limit })
    // @ts-expect-error no resources
    op({ name: 'x', run: (_inputs, { resources }) => resources.db })
    // @ts-expect-error no asset
    op({ name: 'x', run: (_inputs, { assetKey }) => assetKey })
    // @ts-expect-error no partitions
    op({ name: 'x', run: (_inputs, { partitionKey }) => partitionKey })
  })

  test('does not say what inputs there are: the type of the parameter does', () => {
    // @ts-expect-error nothing says that there is data
    op({ name: 'x', run: ({ data }) => data })
  })
})

describe('calling run of an op directly', () => {
  test('takes values and returns what was written', () => {
    expectTypeOf(filterData.run({ data: [{ id: 1, value: 1 }] })).toEqualTypeOf<Row[]>()
    expectTypeOf(fetchData.run()).toEqualTypeOf<{ id: number; value: number }[]>()
    expectTypeOf(split.run({ data: [] })).toEqualTypeOf<{ evens: number[]; odds?: number[] }>()
    expectTypeOf(saveData.run).parameter(1).toExtend<OpContext<undefined> | undefined>()
  })

  test('refuses other values, wires and missing ones', () => {
    // @ts-expect-error rows have a value
    filterData.run({ data: [{ id: 1 }] })
    // @ts-expect-error data is missing
    filterData.run({})
    // @ts-expect-error data is missing
    filterData.run()
    // @ts-expect-error a wire has no value
    filterData.run({ data: fetchData() })
  })
})

describe('the options of an op', () => {
  test('know their own names and types', () => {
    op({
      name: 'x',
      description: '',
      tags: { a: 'b' },
      retries: { max: 3 },
      timeout: '5m',
      heartbeatTimeout: 30_000,
      codeVersion: '1',
      run: () => 1,
    })
    // @ts-expect-error not a duration
    op({ name: 'x', timeout: '5 parsecs', run: () => 1 })
    // @ts-expect-error an asset has materialize, an op has run
    op({ name: 'x', materialize: () => 1 })
    // @ts-expect-error it has no name
    op({ run: () => 1 })
    // @ts-expect-error an op is no resource
    op({ name: 'x', resources: { fetchData }, run: () => 1 })
  })
})
