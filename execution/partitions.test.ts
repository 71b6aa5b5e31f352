import { describe, expect, test } from 'vitest'
import { asset } from '../definitions/asset.ts'
import { assetCheck } from '../definitions/asset-check.ts'
import { multiAsset } from '../definitions/multi-asset.ts'
import { observableAsset } from '../definitions/observable-asset.ts'
import { dynamicPartitions } from '../definitions/partitions/dynamic-partitions.ts'
import { multiPartitions } from '../definitions/partitions/multi-partitions.ts'
import { dailyPartitions } from '../definitions/partitions/window-partitions.ts'
import { staticPartitions } from '../definitions/partitions/static-partitions.ts'
import { memoryIOManager } from '../io/memory.ts'
import { materialize } from './materialize.ts'

const days = dailyPartitions({ start: '2026-03-28', end: '2026-03-31', timezone: 'Europe/Berlin' })
const settings = asset({ key: 'settings', materialize: (_inputs, { partitionKeys }) => [...partitionKeys, 'all'] })
const orders = asset({
  key: 'orders',
  partitions: days,
  inputs: { settings },
  materialize: ({ settings: given }, { partitionKey, partitionKeys, partitionTimeWindow: window }) => ({
    given,
    partitionKey,
    partitionKeys,
    hours: window === undefined ? undefined : (window.end.getTime() - window.start.getTime()) / 3_600_000,
  }),
})
const report = asset({ key: 'report', partitions: days, inputs: { orders }, materialize: ({ orders: { partitionKey } }) => partitionKey })

describe('a run of a partition in this process', () => {
  test('gives each asset with partitions its key and window, and the others none', async () => {
    const result = await materialize([settings, orders, report], { partitionKey: '2026-03-29' })
    expect(result.outputFor(orders)).toEqual({ given: ['all'], partitionKey: '2026-03-29', partitionKeys: ['2026-03-29'], hours: 23 })
    expect(result.outputFor(report)).toBe('2026-03-29')
  })

  test('keeps partitions apart, and reads the one that an earlier run made', async () => {
    const ioManager = memoryIOManager()
    const assets = [settings, orders, report]
    await materialize(assets, { partitionKey: '2026-03-28', ioManager })
    await materialize(assets, { partitionKey: '2026-03-29', ioManager })
    const again = await materialize(assets, { selection: 'report', partitionKey: '2026-03-28', ioManager })
    expect(again.outputFor(report)).toBe('2026-03-28')
    const missing = materialize(assets, { selection: 'report', partitionKey: '2026-03-30', ioManager })
    await expect(missing).rejects.toMatchObject({ code: 'VALUE_NOT_FOUND', facts: { partitionKey: '2026-03-30' } })
  })

  test('is of multi-assets, observable assets and checks, too', async () => {
    const regions = staticPartitions(['eu', 'us'])
    const seen: string[] = []
    const crm = multiAsset({
      name: 'crm',
      partitions: regions,
      outputs: { users: { key: 'users' }, sales: { key: 'sales' } },
      materialize: (_inputs, { partitionKey, partitionTimeWindow }) => ({ users: partitionKey, sales: partitionTimeWindow ?? 'no window' }),
    })
    const feed = observableAsset({ key: 'feed', partitions: regions, observe: (_inputs, { partitionKey }) => `v-${partitionKey}` })
    const check = assetCheck({
      name: 'seen',
      asset: crm.assets.users,
      check: ({ users }) => {
        seen.push(users)
        return { passed: true }
      },
    })
    const result = await materialize([crm, feed], { assetChecks: [check], partitionKey: 'us' })
    expect([result.outputFor(crm.assets.users), result.outputFor(crm.assets.sales)]).toEqual(['us', 'no window'])
    expect(result.observations.map(({ dataVersion }) => dataVersion)).toEqual(['v-us'])
    expect(seen).toEqual(['us'])
  })

  test.each([
    ['no key', {}, 'PARTITION_REQUIRED', 'Name one, such as the newest, "2026-03-30": --partition on the command line'],
    ['an unknown key', { partitionKey: '2026-03-31' }, 'PARTITION_UNKNOWN', 'it is after the end. Nearest: "2026-03-30".'],
    ['a key for none', { selection: 'settings', partitionKey: '2026-03-28' }, 'NOT_PARTITIONED', 'none of these assets has partitions'],
  ])('is refused with %s', async (_what, options, code, text) => {
    await expect(materialize([settings, orders], options)).rejects.toMatchObject({ code, message: expect.stringContaining(text) })
  })

  test('is refused of assets with different partitions, naming both', async () => {
    const other = asset({ key: 'other', partitions: staticPartitions(['eu']), materialize: () => 1 })
    await expect(materialize([settings, orders, other], { partitionKey: 'eu' })).rejects.toMatchObject({
      code: 'PARTITIONS_DIFFER',
      message: expect.stringMatching(/"orders" has daily partitions from 2026-03-27T23:00:00Z .*"other" has the partitions "eu"/),
    })
  })

  test('leaves a function without a partition where its asset has none', async () => {
    const asking = asset({ key: 'asking', materialize: (_inputs, { partitionKey }) => partitionKey })
    const run = materialize([settings, orders, asking], { partitionKey: '2026-03-28' })
    await expect(run).rejects.toMatchObject({ code: 'NOT_PARTITIONED' })
  })
})

describe('a run of a partition of several dimensions', () => {
  const sales = multiPartitions({ region: staticPartitions(['eu', 'us']), date: days })
  const sold = asset({
    key: 'sold',
    partitions: sales,
    materialize: (_inputs, { partitionKey, partitionDimensions, partitionTimeWindow: window }) => ({
      partitionKey,
      ...partitionDimensions,
      from: window?.start.toISOString(),
    }),
  })

  test('gives the parts of its key by their names, and the window of the only one that is time', async () => {
    const result = await materialize([sold], { partitionKey: '2026-03-29|us' })
    expect(result.outputFor(sold)).toEqual({
      partitionKey: '2026-03-29|us',
      date: '2026-03-29',
      region: 'us',
      from: '2026-03-28T23:00:00.000Z',
    })
  })

  test('has no parts where partitions are of one dimension', async () => {
    const one = asset({ key: 'one', partitions: days, materialize: (_inputs, { partitionDimensions }) => partitionDimensions ?? 'none' })
    expect((await materialize([one], { partitionKey: '2026-03-29' })).outputFor(one)).toBe('none')
  })
})

describe('a run of a dynamic partition in this process', () => {
  const customers = dynamicPartitions('customers')
  const invoices = asset({ key: 'invoices', partitions: customers, materialize: (_inputs, { partitionKey }) => `of ${partitionKey}` })
  const byDay = multiPartitions({ customer: customers, date: days })
  const visits = asset({ key: 'visits', partitions: byDay, materialize: (_inputs, { partitionDimensions }) => partitionDimensions })

  test('takes the keys that it is told of', async () => {
    const dynamic = { dynamicPartitions: { customers: ['acme', 'initech'] } }
    expect((await materialize([invoices], { partitionKey: 'acme', ...dynamic })).outputFor(invoices)).toBe('of acme')
    const both = await materialize([visits], { partitionKey: 'acme|2026-03-29', ...dynamic })
    expect(both.outputFor(visits)).toEqual({ customer: 'acme', date: '2026-03-29' })
    await expect(materialize([invoices], { partitionKey: 'akme', ...dynamic })).rejects.toMatchObject({
      code: 'PARTITION_UNKNOWN',
      facts: { nearest: ['acme'] },
    })
    await expect(materialize([invoices], dynamic)).rejects.toMatchObject({
      code: 'PARTITION_REQUIRED',
      message: expect.stringContaining('such as the newest, "initech"') as string,
    })
  })

  test.each([
    [{}, 'DYNAMIC_KEYS_MISSING', 'materialize() takes them as dynamicPartitions: {"customers":["…"]}'],
    [{ dynamicPartitions: { others: ['acme'] } }, 'DYNAMIC_KEYS_MISSING', 'The partitions "customers" are dynamic'],
    [{ dynamicPartitions: { customers: ['a|b'] } }, 'PARTITION_KEY_INVALID', 'Dynamic partitions "customers": key "a|b" has "|"'],
  ])('is refused with %j', async (options, code, text) => {
    for (const partitioned of [invoices, visits]) {
      const run = materialize([partitioned], { partitionKey: 'acme|2026-03-29', ...options })
      await expect(run).rejects.toMatchObject({ code, message: expect.stringContaining(text) as string })
    }
  })
})
