import { Ajv2020 } from 'ajv/dist/2020.js'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { asset } from '../definitions/asset.ts'
import type { ConfigSchema } from '../definitions/config.ts'
import { definitions } from '../definitions/definitions.ts'
import { env } from '../definitions/env.ts'
import { FreshnessPolicy } from '../definitions/freshness-policy.ts'
import { input } from '../definitions/input.ts'
import { ioManager } from '../definitions/io-manager.ts'
import { assetJob } from '../definitions/job.ts'
import { lastPartitionMapping, partitionMapping, timeWindowMapping } from '../definitions/partition-mappings/partition-mappings.ts'
import { dailyPartitions, hourlyPartitions } from '../definitions/partitions/window-partitions.ts'
import { resource } from '../definitions/resource.ts'
import type { AssetSnapshot } from './snapshot.ts'
import { snapshotMapping } from './snapshot-mapping.ts'
import { snapshotOf } from './snapshot-of.ts'

const materialize = () => 1
const rawOrders = asset({ key: 'raw/orders', materialize })
const duckdb = resource({
  name: 'duckdb',
  description: 'Files',
  config: z.object({ path: z.string(), key: z.string() }),
  create: ({ path }) => path,
})
const json = ioManager({ name: 'json', save: () => {}, load: () => 1 })

const orders = asset({
  key: 'orders',
  group: 'reports',
  description: 'Orders by day',
  owners: ['team:data'],
  tags: { tier: 'gold', a: '1' },
  kinds: ['duckdb'],
  metadata: { z: 1, a: 'x' },
  codeVersion: 'v2',
  inputs: { raw: input(rawOrders) },
  deps: ['raw/orders'],
  resources: { db: duckdb, same: duckdb },
  retries: { max: 1 },
  timeout: '1m',
  materialize,
})

const project = () =>
  definitions({
    assets: [orders, rawOrders],
    jobs: [assetJob({ name: 'nightly', selection: '+orders', tags: { b: '2', a: '1' }, runConfig: { assets: {} } })],
    resources: [duckdb.configure({ path: env('DUCKDB_PATH'), key: 'secret-in-code' })],
  })

/** The config part of the snapshot of an asset with this schema. */
async function configOf(config: ConfigSchema) {
  const snapshot = await snapshotOf(definitions({ assets: [asset({ key: 'a', config, materialize })] }))
  return snapshot.assets[0]?.config
}

describe('the snapshot of definitions', () => {
  test('says how old an asset may be, and nothing where that is not said', async () => {
    const freshness = FreshnessPolicy.timeWindow({ failWindow: '1 day' })
    const { assets } = await snapshotOf(definitions({ assets: [rawOrders, asset({ key: 'fresh', freshness, materialize })] }))
    expect(assets[0]).not.toHaveProperty('freshness')
    expect(assets[1]?.freshness).toEqual({ kind: 'time-window', failWindowMs: 86_400_000, warnWindowMs: null })
  })

  test('has all that can be written down', async () => {
    expect(await snapshotOf(project())).toEqual({
      version: 1,
      assets: [
        {
          key: 'orders',
          group: 'reports',
          description: 'Orders by day',
          owners: ['team:data'],
          tags: { a: '1', tier: 'gold' },
          kinds: ['duckdb'],
          metadata: { a: { type: 'text', value: 'x' }, z: { type: 'int', value: 1 } },
          codeVersion: 'v2',
          inputs: [{ name: 'raw', key: 'raw/orders' }],
          upstreamKeys: ['raw/orders'],
          resources: ['duckdb'],
          ioManager: 'filesystem',
          partitions: null,
          retries: { max: 1, delayMs: 0, backoff: 'exponential', jitter: false },
          timeoutMs: 60_000,
          heartbeatTimeoutMs: null,
          config: null,
          origin: 'function',
          multiAsset: null,
          graph: null,
          checks: [],
        },
        expect.objectContaining({ key: 'raw/orders', description: null, codeVersion: null, retries: null, timeoutMs: null }),
      ],
      jobs: [
        {
          name: 'nightly',
          description: null,
          tags: { a: '1', b: '2' },
          selection: '+orders',
          assetKeys: ['raw/orders', 'orders'],
          graph: null,
          runConfig: { assets: {} },
        },
      ],
      resources: [{ name: 'duckdb', description: 'Files', environment: ['DUCKDB_PATH'] }],
    })
  })

  test('says which partitions belong together where keys are not the same', async () => {
    const days = dailyPartitions({ start: '2026-01-01' })
    const daily = asset({ key: 'daily', partitions: days, materialize })
    const same = asset({
      key: 'same',
      partitions: days,
      inputs: { daily },
      deps: [rawOrders],
      selfDependency: timeWindowMapping({ startOffset: -1, endOffset: -1 }),
      materialize,
    })
    const byFunction = input(daily, { partitionMapping: partitionMapping({ upstream: (key) => [key] }) })
    const ordered = asset({ key: 'ordered', partitions: hourlyPartitions({ start: '2026-01-01' }), deps: [daily], materialize })
    const named = asset({ key: 'named', partitions: days, inputs: { byFunction }, deps: [same], materialize })
    const last = asset({ key: 'last', deps: [input(daily, { partitionMapping: lastPartitionMapping() }), named], materialize })
    const snapshot = await snapshotOf(definitions({ assets: [rawOrders, daily, same, ordered, named, last] }))
    expect(JSON.parse(JSON.stringify(snapshot))).toStrictEqual(snapshot)
    const window = { kind: 'time-window', startOffset: 0, endOffset: 0, allowNonexistent: false }
    expect(snapshot.assets.map(({ key, partitionMappings, selfMapping }) => [key, partitionMappings, selfMapping])).toEqual([
      ['raw/orders', undefined, undefined],
      ['daily', undefined, undefined],
      ['same', undefined, { ...window, startOffset: -1, endOffset: -1 }],
      ['ordered', { daily: window }, undefined],
      ['named', { daily: { kind: 'function' } }, undefined],
      ['last', { daily: { kind: 'last' }, named: { kind: 'all' } }, undefined],
    ])
    const of = (key: string) => snapshot.assets.find((each) => each.key === key) as AssetSnapshot
    expect(snapshotMapping(of('ordered'), of('daily'))).toEqual(window)
    expect(snapshotMapping(of('same'), of('daily'))).toEqual({ kind: 'identity' })
    expect(snapshotMapping(of('same'), of('raw/orders'))).toBe('whole')
  })

  test('survives JSON unchanged, and holds no value of a resource config', async () => {
    const snapshot = await snapshotOf(project())
    expect(JSON.parse(JSON.stringify(snapshot))).toStrictEqual(snapshot)
    expect(JSON.stringify(snapshot)).not.toContain('secret-in-code')
  })

  test('is the same text each time, in whatever order tags and metadata were written', async () => {
    const one = asset({ key: 'a', tags: { x: '1', y: '2' }, metadata: { m: 1, n: 2 }, config: z.object({ q: z.string() }), materialize })
    const other = asset({ key: 'a', tags: { y: '2', x: '1' }, metadata: { n: 2, m: 1 }, config: z.object({ q: z.string() }), materialize })
    const texts = await Promise.all([one, other].map(async (each) => JSON.stringify(await snapshotOf(definitions({ assets: [each] })))))
    expect(texts[0]).toBe(texts[1])
  })

  test("names an asset's own IO manager, else that of the definitions, else the default", async () => {
    const own = asset({ key: 'own', ioManager: json, materialize })
    const memory = ioManager({ name: 'memory', save: () => {}, load: () => 1 })
    const named = async (options: { ioManager?: typeof json }) =>
      (await snapshotOf(definitions({ assets: [own, rawOrders], ...options }))).assets.map((each) => each.ioManager)
    expect(await named({})).toEqual(['json', 'filesystem'])
    expect(await named({ ioManager: memory })).toEqual(['json', 'memory'])
  })
})

describe('the config of an asset', () => {
  test('is described as what a user may give, in JSON Schema 2020-12', async () => {
    const config = await configOf(z.object({ minScore: z.number().default(80), since: z.string() }))
    const validate = new Ajv2020({ strict: true }).compile(config?.jsonSchema as object)
    expect(config?.acceptsNone).toBe(false)
    expect(validate({ since: '2026-01-01' })).toBe(true)
    expect(validate({ minScore: 'high', since: '2026-01-01' })).toBe(false)
    expect(validate({ minScore: 1 })).toBe(false)
  })

  test('may be left out where the schema fills in everything, for an empty object or for nothing', async () => {
    expect((await configOf(z.object({ minScore: z.number().default(80) })))?.acceptsNone).toBe(true)
    expect((await configOf(z.string().default('x')))?.acceptsNone).toBe(true)
    expect((await configOf(z.string()))?.acceptsNone).toBe(false)
  })

  test('is asked of schemas that check asynchronously', async () => {
    const schema = z.object({ n: z.number().default(1) }).refine(async ({ n }) => Promise.resolve(n === 1))
    expect((await configOf(schema))?.acceptsNone).toBe(true)
  })

  test('has no JSON Schema where the schema has none, and accepts nothing where it throws', async () => {
    expect((await configOf(z.object({ made: z.custom<() => void>() })))?.jsonSchema).toBeNull()
    const validate = () => {
      throw new Error('no')
    }
    expect(await configOf({ '~standard': { version: 1, vendor: 'own', validate } })).toEqual({ acceptsNone: false, jsonSchema: null })
  })
})
