import { describe, expectTypeOf, test } from 'vitest'
import { z } from 'zod'
import { type AnyAsset, asset, type Asset, type OutputOf } from './asset.ts'
import type { AssetContext } from './asset-context.ts'
import { input } from './input.ts'
import { output } from './output.ts'
import { resource } from './resource.ts'

interface Row {
  name: string
  score: number
}

const rawData = asset({ key: 'raw_data', materialize: () => [{ name: 'Alice', score: 92 }] })
const highScorers = asset({
  key: 'high_scorers',
  inputs: { rawData },
  materialize: ({ rawData }) => rawData.filter((row) => row.score > 80),
})
const duckdb = resource({
  name: 'duckdb',
  config: z.object({ path: z.string() }),
  create: async ({ path }) => ({ query: async (sql: string) => [{ region: path + sql, total: 1 }] }),
})
const cleaned = asset({
  key: 'cleaned',
  inputs: { rawData, highScorers },
  config: z.object({ minScore: z.number().default(80) }),
  resources: { db: duckdb },
  materialize: async ({ rawData, highScorers }, { config, resources, signal, log }) => {
    signal.throwIfAborted()
    log.info('cleaning', { minScore: config.minScore })
    const rows = await resources.db.query('select 1')
    return output(
      rawData.concat(highScorers).filter((row) => row.score > config.minScore + (rows[0]?.total ?? 0)),
      { metadata: { rows: 1 } },
    )
  },
})

describe('the value of an asset', () => {
  test('is what its function returns', () => {
    expectTypeOf<OutputOf<typeof rawData>>().toEqualTypeOf<Row[]>()
    expectTypeOf<OutputOf<typeof highScorers>>().toEqualTypeOf<Row[]>()
  })

  test('is without its promise and its output()', () => {
    expectTypeOf<OutputOf<typeof cleaned>>().toEqualTypeOf<Row[]>()
  })

  test('may come by output() on one branch and plain on another', () => {
    const count = asset({
      key: 'count',
      inputs: { cleaned },
      materialize: ({ cleaned }) => (cleaned.length > 1 ? output(cleaned.length) : 'none'),
    })
    expectTypeOf<OutputOf<typeof count>>().toEqualTypeOf<number | 'none'>()
  })

  test('is nothing where nothing is returned', () => {
    const effect = asset({ key: 'effect', materialize: async () => {} })
    expectTypeOf<OutputOf<typeof effect>>().toEqualTypeOf<void>()
  })

  test('stays a union where the function returns one', () => {
    const maybe = asset({ key: 'maybe', materialize: (): Row | null => null })
    expectTypeOf<OutputOf<typeof maybe>>().toEqualTypeOf<Row | null>()
  })
})

describe('the inputs of an asset', () => {
  test('have the types of the assets they come from', () => {
    asset({
      key: 'x',
      inputs: { rows: cleaned, first: input(rawData, { metadata: { columns: 'name' } }) },
      materialize: ({ rows, first }) => {
        expectTypeOf(rows).toEqualTypeOf<Row[]>()
        expectTypeOf(first).toEqualTypeOf<Row[]>()
      },
    })
  })

  test('are those that are declared, and no others', () => {
    // @ts-expect-error no such input
    asset({ key: 'x', inputs: { rawData }, materialize: ({ other }) => other })
    // @ts-expect-error no inputs at all
    asset({ key: 'x', materialize: ({ rawData }) => rawData })
  })

  test('have the fields of their type, and no others', () => {
    // @ts-expect-error a row has no age
    asset({ key: 'x', inputs: { rawData }, materialize: ({ rawData }) => rawData.map((row) => row.age) })
  })

  test('refuse a function that wants another type', () => {
    // @ts-expect-error rawData is rows, not a text
    asset({ key: 'x', inputs: { rawData }, materialize: ({ rawData }: { rawData: string }) => rawData })
  })

  test('are assets', () => {
    // @ts-expect-error a key is no asset
    asset({ key: 'x', inputs: { rawData: 'raw_data' }, materialize: () => 1 })
    // @ts-expect-error a resource is no asset
    asset({ key: 'x', inputs: { duckdb }, materialize: () => 1 })
  })
})

describe('the context of an asset', () => {
  test('has the config that the schema makes, defaults filled in', () => {
    asset({
      key: 'x',
      config: z.object({ minScore: z.number().default(80), since: z.string().optional() }),
      materialize: (_inputs, { config }) => {
        expectTypeOf(config.minScore).toEqualTypeOf<number>()
        expectTypeOf(config.since).toEqualTypeOf<string | undefined>()
      },
    })
  })

  test('has no config where no schema is declared', () => {
    asset({
      key: 'x',
      materialize: (_inputs, context) => {
        expectTypeOf(context.config).toEqualTypeOf<undefined>()
      },
    })
    // @ts-expect-error nothing says that there is a minScore
    asset({ key: 'x', materialize: (_inputs, { config }) => config.minScore })
  })

  test('has the config fields of the schema, and no others', () => {
    // @ts-expect-error the field is minScore
    asset({ key: 'x', config: z.object({ minScore: z.number() }), materialize: (_inputs, { config }) => config.minimum })
  })

  test('has what the resource creates, its promise taken off, by the name asked for', () => {
    asset({
      key: 'x',
      resources: { db: duckdb },
      materialize: (_inputs, { resources }) => {
        expectTypeOf(resources.db.query).toEqualTypeOf<(sql: string) => Promise<{ region: string; total: number }[]>>()
      },
    })
  })

  test('has the resources asked for, and no others', () => {
    // @ts-expect-error asked for as db
    asset({ key: 'x', resources: { db: duckdb }, materialize: (_inputs, { resources }) => resources.duckdb })
    // @ts-expect-error none asked for
    asset({ key: 'x', materialize: (_inputs, { resources }) => resources.db })
    // @ts-expect-error a client has no execute
    asset({ key: 'x', resources: { db: duckdb }, materialize: (_inputs, { resources }) => resources.db.execute('') })
    // @ts-expect-error an asset is no resource
    asset({ key: 'x', resources: { rawData }, materialize: () => 1 })
  })
})

describe('calling an asset directly', () => {
  test('takes values of the inputs and returns what was written', () => {
    expectTypeOf(highScorers.materialize({ rawData: [{ name: 'Bob', score: 78 }] })).toEqualTypeOf<Row[]>()
    expectTypeOf(cleaned.materialize).parameter(1).toExtend<AssetContext<{ minScore: number }> | undefined>()
  })

  test('refuses a value of another type, a missing one and an undeclared one', () => {
    // @ts-expect-error rows have a score
    highScorers.materialize({ rawData: [{ name: 'Bob' }] })
    // @ts-expect-error rawData is missing
    highScorers.materialize({})
    // @ts-expect-error not an input
    highScorers.materialize({ rawData: [], other: 1 })
  })
})

describe('the key of an asset', () => {
  test('is known to the types where it is written down', () => {
    expectTypeOf(rawData.key).toEqualTypeOf<'raw_data'>()
    const key = ['orders', 'users'].at(0) ?? 'orders'
    expectTypeOf(asset({ key, materialize: () => 1 }).key).toEqualTypeOf<string>()
  })

  test('does not keep an asset from being any asset', () => {
    const all: readonly AnyAsset[] = [rawData, cleaned]
    expectTypeOf(all.map(({ key }) => key)).toEqualTypeOf<string[]>()
    expectTypeOf(rawData).toExtend<Asset<Row[]>>()
  })
})

describe('the checks that an asset declares', () => {
  test('are reported by their names, through the context or with the output', () => {
    asset({
      key: 'x',
      checks: { no_nulls: { blocking: true }, few_rows: { description: 'ten at most' } },
      materialize: (_inputs, { reportCheck }) => {
        reportCheck('no_nulls', true)
        reportCheck('few_rows', { passed: false, severity: 'WARN', metadata: { rows: 11 } })
        return output(1, { checks: { no_nulls: true, few_rows: { passed: true, description: 'few' } } })
      },
    })
  })

  test('are those that are declared, and come out in a way that can be recorded', () => {
    asset({
      key: 'x',
      checks: { no_nulls: {} },
      materialize: (_inputs, { reportCheck }) => {
        // @ts-expect-error no such check
        reportCheck('no_nils', true)
        // @ts-expect-error neither a boolean nor facts
        reportCheck('no_nulls', 'fine')
        // @ts-expect-error it does not say whether it passed
        reportCheck('no_nulls', { severity: 'WARN' })
        // @ts-expect-error severities are ERROR and WARN
        reportCheck('no_nulls', { passed: true, severity: 'FATAL' })
        // @ts-expect-error neither a boolean nor facts
        output(1, { checks: { no_nulls: 'fine' } })
      },
    })
    // @ts-expect-error none declared
    asset({ key: 'x', materialize: (_inputs, { reportCheck }) => reportCheck('no_nulls', true) })
    // @ts-expect-error it is called blocking
    asset({ key: 'x', checks: { no_nulls: { blocks: true } }, materialize: () => 1 })
  })

  test('let a helper take the context of any asset', () => {
    const helper = ({ log }: AssetContext): void => log.info('helping')
    asset({ key: 'x', checks: { no_nulls: {} }, materialize: (_inputs, context) => helper(context) })
  })
})

describe('the options of an asset', () => {
  test('know their own names and types', () => {
    // @ts-expect-error it is called group
    asset({ key: 'x', groupName: 'reports', materialize: () => 1 })
    // @ts-expect-error not a duration
    asset({ key: 'x', timeout: '5 parsecs', materialize: () => 1 })
    // @ts-expect-error tags are text
    asset({ key: 'x', tags: { rank: 1 }, materialize: () => 1 })
    // @ts-expect-error nothing to do
    asset({ key: 'x' })
    asset({
      key: 'x',
      timeout: '5 minutes',
      heartbeatTimeout: 30_000,
      deps: [rawData, 'raw/orders'],
      retries: { max: 3, delay: '1s' },
      materialize: () => 1,
    })
  })
})
