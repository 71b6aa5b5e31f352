import { describe, expectTypeOf, test } from 'vitest'
import { asset } from './asset.ts'
import { definitions } from './definitions.ts'
import { type AssetJob, assetJob, type GraphJob, type Job, job } from './job.ts'
import { op } from './op.ts'

interface Row {
  id: number
  value: number
}

const fetchData = op({ name: 'fetch_data', run: () => [{ id: 1, value: 42 }] })
const filterData = op({ name: 'filter_data', run: ({ data }: { data: Row[] }) => data.filter((row) => row.value > 10) })
const saveData = op({ name: 'save_data', run: ({ data }: { data: Row[] }, { log }) => log.info(`saving ${data.length}`) })
const bad = op({ name: 'bad', run: ({ data }: { data: string }) => data })

describe('a graph job', () => {
  test('takes a body that wires ops, whatever wires it returns', () => {
    expectTypeOf(job({ name: 'p', graph: () => saveData({ data: filterData({ data: fetchData() }) }) })).toEqualTypeOf<GraphJob>()
    job({ name: 'p', graph: () => {} })
    job({ name: 'p', graph: () => [fetchData(), fetchData().map((row) => row)] })
    job({ name: 'p', graph: () => ({ rows: fetchData(), each: fetchData().map((row) => row) }) })
  })

  test('refuses a wire that does not fit', () => {
    // @ts-expect-error rows are no text
    job({ name: 'p', graph: () => bad({ data: fetchData() }) })
  })

  test('refuses a body that is asynchronous, takes something or returns a value', () => {
    // @ts-expect-error asynchronous
    job({ name: 'p', graph: async () => fetchData() })
    // @ts-expect-error asynchronous
    job({ name: 'p', graph: async () => {} })
    // @ts-expect-error nobody gives it anything
    job({ name: 'p', graph: (rows: Row[]) => saveData({ data: rows as never }) })
    // @ts-expect-error a number is no wire
    job({ name: 'p', graph: () => 1 })
    // @ts-expect-error an op that was not invoked
    job({ name: 'p', graph: () => fetchData })
    // @ts-expect-error an op is no body, even without inputs
    job({ name: 'p', graph: filterData })
  })

  test('knows its options', () => {
    job({ name: 'p', description: '', tags: { a: 'b' }, runConfig: { ops: {} }, retries: { max: 1 }, graph: () => fetchData() })
    // @ts-expect-error a graph, or with assetJob() a selection
    job({ name: 'p', selection: '*' })
    // @ts-expect-error an asset job has no ops to try again
    assetJob({ name: 'p', selection: '*', retries: { max: 1 } })
    // @ts-expect-error the number of retries is max
    job({ name: 'p', retries: { count: 1 }, graph: () => fetchData() })
  })
})

describe('a job', () => {
  test('is told apart by its kind', () => {
    const which = (each: Job): void => {
      if (each.kind === 'graph') expectTypeOf(each).toEqualTypeOf<GraphJob>()
      else expectTypeOf(each).toEqualTypeOf<AssetJob>()
      // @ts-expect-error only an asset job has a selection
      return void each.selection
    }
    expectTypeOf(which).returns.toBeVoid()
  })

  test('of either kind is taken by definitions(), with assets or without', () => {
    const orders = asset({ key: 'orders', materialize: () => 1 })
    definitions({ jobs: [job({ name: 'p', graph: () => fetchData() })] })
    definitions({ assets: [orders], jobs: [job({ name: 'p', graph: () => fetchData() }), assetJob({ name: 'q', selection: 'orders' })] })
    // @ts-expect-error an op is no job
    definitions({ jobs: [fetchData] })
    // @ts-expect-error an op is no asset
    definitions({ assets: [fetchData] })
  })
})
