import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Client, createClient } from '../../client/index.ts'
import { asset } from '../../definitions/asset.ts'
import { definitions } from '../../definitions/definitions.ts'
import { dynamicPartitions } from '../../definitions/partitions/dynamic-partitions.ts'
import { multiPartitions } from '../../definitions/partitions/multi-partitions.ts'
import { staticPartitions } from '../../definitions/partitions/static-partitions.ts'
import { dailyPartitions } from '../../definitions/partitions/window-partitions.ts'
import { DurableStack } from '../durable-stack.ts'

const customers = dynamicPartitions('customers')
const byCustomer = multiPartitions({
  region: staticPartitions(['eu', 'us']),
  date: dailyPartitions({ start: '2026-01-01', end: '2026-01-03' }),
  customer: customers,
})
const invoices = asset({ key: 'invoices', partitions: customers, materialize: (_inputs, { partitionKey }) => partitionKey })
const paid = asset({ key: 'paid', partitions: customers, inputs: { invoices }, materialize: ({ invoices: of }) => `${of} has paid` })
const visits = asset({
  key: 'visits',
  partitions: byCustomer,
  materialize: (_inputs, { partitionDimensions, addMetadata }) => addMetadata({ parts: JSON.stringify(partitionDimensions) }),
})

let stack: DurableStack
let client: Client
beforeAll(async () => {
  stack = await DurableStack.start('partition-kinds')
  await stack.startWorker(definitions({ assets: [invoices, paid, visits] }))
  const app = stack.app()
  client = createClient({
    baseUrl: 'http://127.0.0.1',
    fetch: async (url, init) => await app.request(url instanceof Request ? url : String(url), init),
  })
})
afterAll(() => stack.stop())

describe('dynamic partitions', () => {
  it('are there before they have keys, with the assets that have them', async () => {
    expect(await client.dynamicPartitions.list()).toEqual({
      items: [{ name: 'customers', count: 0, assetKeys: ['invoices', 'paid', 'visits'] }],
      nextCursor: null,
    })
    expect(await client.dynamicPartitions.keys('customers')).toEqual({ items: [], nextCursor: null })
    await expect(client.runs.start({ selection: 'invoices', partitionKey: 'acme' })).rejects.toMatchObject({
      code: 'PARTITION_UNKNOWN',
      status: 422,
      message: expect.stringContaining('"customers" has no partitions yet') as string,
    })
  })

  it('are added once, in their order, and listed newest first', async () => {
    expect(await client.dynamicPartitions.add('customers', ['zeta', 'acme'])).toEqual({ name: 'customers', added: ['zeta', 'acme'] })
    expect(await client.dynamicPartitions.add('customers', ['acme', 'A/B & ü'])).toEqual({ name: 'customers', added: ['A/B & ü'] })
    expect(await client.dynamicPartitions.add('customers', ['acme'])).toEqual({ name: 'customers', added: [] })
    const keys: string[] = []
    for await (const { key } of client.dynamicPartitions.iterateKeys('customers')) keys.push(key)
    expect(keys).toEqual(['A/B & ü', 'acme', 'zeta'])
    const first = await client.dynamicPartitions.keys('customers', { limit: 2 })
    expect((await client.dynamicPartitions.keys('customers', { limit: 2, cursor: first.nextCursor ?? '' })).items).toMatchObject([
      { key: 'zeta' },
    ])
    expect((await client.dynamicPartitions.list()).items).toMatchObject([{ name: 'customers', count: 3 }])
  })

  it('are made durably, asset by asset, and show how each stands', async () => {
    const { run, materializations } = await stack.runToEnd({ selection: 'invoices or paid', partitionKey: 'acme' })
    expect([run.status, materializations.map(({ partitionKey }) => partitionKey)]).toEqual(['SUCCESS', ['acme', 'acme']])
    const page = await client.assets.partitions('paid')
    expect(page).toMatchObject({ partitions: { kind: 'dynamic', name: 'customers' }, counts: { total: 3, materialized: 1, missing: 2 } })
    expect(page.items.map(({ key, status, window }) => [key, status, window])).toEqual([
      ['A/B & ü', 'MISSING', null],
      ['acme', 'MATERIALIZED', null],
      ['zeta', 'MISSING', null],
    ])
  })

  it('are removed, which keeps what happened to them; a second time there is nothing to remove', async () => {
    expect(await client.dynamicPartitions.remove('customers', 'A/B & ü')).toEqual({ name: 'customers', removed: 'A/B & ü' })
    expect(await client.dynamicPartitions.remove('customers', 'acme')).toEqual({ name: 'customers', removed: 'acme' })
    await expect(client.dynamicPartitions.remove('customers', 'acme')).rejects.toMatchObject({ code: 'PARTITION_UNKNOWN', status: 404 })
    await expect(client.runs.start({ selection: 'invoices', partitionKey: 'acme' })).rejects.toMatchObject({ code: 'PARTITION_UNKNOWN' })
    expect(await client.assets.partitions('paid')).toMatchObject({
      items: [{ key: 'zeta' }],
      counts: { total: 1, materialized: 0, missing: 1 },
    })
    expect((await client.assets.materializations('paid')).items).toMatchObject([{ partitionKey: 'acme' }])
    await client.dynamicPartitions.add('customers', ['acme'])
    expect((await client.assets.partitions('paid')).items).toMatchObject([{ key: 'acme', status: 'MATERIALIZED' }, { key: 'zeta' }])
  })

  it.each([
    ['a key that can be none', () => client.dynamicPartitions.add('customers', ['ok', 'a|b']), 422, 'PARTITION_KEY_INVALID', '"a|b"'],
    ['no keys', () => client.dynamicPartitions.add('customers', []), 422, 'REQUEST_INVALID', 'keys'],
    ['a name that can be none', () => client.dynamicPartitions.add('a b', ['x']), 422, 'REQUEST_INVALID', 'name'],
    [
      'a name that is unknown',
      () => client.dynamicPartitions.keys('custmers'),
      404,
      'DYNAMIC_PARTITIONS_UNKNOWN',
      'Did you mean "customers"?',
    ],
    ['a key that is near one', () => client.dynamicPartitions.remove('customers', 'akme'), 404, 'PARTITION_UNKNOWN', 'Nearest: "acme"'],
  ])('refuse %s', async (_what, call, status, code, text) => {
    await expect(call()).rejects.toMatchObject({ status, code, message: expect.stringContaining(text) as string })
    expect((await client.dynamicPartitions.keys('customers')).items).toHaveLength(2)
  })
})

describe('partitions of several dimensions', () => {
  it('are made durably, with the parts of their key, and show how each stands', async () => {
    const { run, materializations } = await stack.runToEnd({ selection: 'visits', partitionKey: 'zeta|2026-01-02|us' })
    expect([run.status, run.partitionKey]).toEqual(['SUCCESS', 'zeta|2026-01-02|us'])
    const parts = JSON.stringify({ customer: 'zeta', date: '2026-01-02', region: 'us' })
    expect(materializations[0]).toMatchObject({ partitionKey: 'zeta|2026-01-02|us', metadata: { parts: { value: parts } } })
    const keys: (readonly [string, string])[] = []
    for await (const { key, status } of client.assets.iteratePartitions('visits')) keys.push([key, status])
    const all = ['zeta', 'acme'].flatMap((customer) =>
      ['2026-01-01', '2026-01-02'].flatMap((day) => ['eu', 'us'].map((of) => `${customer}|${day}|${of}`)),
    )
    expect(keys).toEqual(all.toReversed().map((key) => [key, key === 'zeta|2026-01-02|us' ? 'MATERIALIZED' : 'MISSING']))
    const page = await client.assets.partitions('visits', { limit: 1 })
    expect(page).toMatchObject({
      items: [{ window: { start: '2026-01-02T00:00:00.000Z', end: '2026-01-03T00:00:00.000Z' } }],
      partitions: { kind: 'multi', dimensions: [{ name: 'customer' }, { name: 'date' }, { name: 'region' }] },
      counts: { total: 8, materialized: 1, missing: 7 },
    })
    expect((await client.assets.partitions('visits', { limit: 1, cursor: page.nextCursor ?? '' })).items).toMatchObject([
      { key: all.at(-2) },
    ])
  })

  it('are refused by what is wrong in a key', async () => {
    await expect(client.runs.start({ selection: 'visits', partitionKey: 'zeta|2026-01-04|uk' })).rejects.toMatchObject({
      code: 'PARTITION_UNKNOWN',
      message: expect.stringMatching(/Dimension "date" has no "2026-01-04".* Dimension "region" has no "uk"/) as string,
    })
  })
})
