import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { asset } from '../definitions/asset.ts'
import { assetCheck } from '../definitions/asset-check.ts'
import { definitions, type DefinitionsOptions } from '../definitions/definitions.ts'
import { externalAsset } from '../definitions/external-asset.ts'
import { freshnessCheck } from '../definitions/freshness-check.ts'
import { multiAsset } from '../definitions/multi-asset.ts'
import { observableAsset } from '../definitions/observable-asset.ts'
import { resource } from '../definitions/resource.ts'
import { snapshotOf } from './snapshot-of.ts'

const clock = resource({ name: 'clock', create: () => 7 })
const users = asset({ key: 'users', materialize: () => 1 })
const orders = asset({ key: 'raw/orders', checks: { no_nulls: { description: 'all there', blocking: true } }, materialize: () => [1] })

/** The assets of the snapshot of these definitions, by key. */
async function assetsOf(options: DefinitionsOptions) {
  const snapshot = await snapshotOf(definitions(options))
  expect(JSON.parse(JSON.stringify(snapshot))).toStrictEqual(snapshot)
  return new Map(snapshot.assets.map((each) => [each.key, each]))
}

describe('the snapshot of an asset', () => {
  test('has its checks: first those of its own step, then those that are steps of their own', async () => {
    const some = assetCheck({
      name: 'some',
      asset: orders,
      description: 'some orders',
      inputs: { users },
      config: z.object({ min: z.number().default(1) }),
      resources: { clock, same: clock },
      timeout: '1 minute',
      heartbeatTimeout: '5 seconds',
      check: ({ orders }, { config }) => orders.length >= config.min,
    })
    const assets = await assetsOf({
      assets: [users, orders],
      assetChecks: [some, freshnessCheck({ asset: users, maxAge: '1 day', blocking: true })],
      resources: [clock],
    })
    expect(assets.get('raw/orders')?.checks).toEqual([
      {
        name: 'no_nulls',
        description: 'all there',
        blocking: true,
        inStep: true,
        upstreamKeys: [],
        resources: [],
        timeoutMs: null,
        heartbeatTimeoutMs: null,
        config: null,
      },
      {
        name: 'some',
        description: 'some orders',
        blocking: false,
        inStep: false,
        upstreamKeys: ['users'],
        resources: ['clock'],
        timeoutMs: 60_000,
        heartbeatTimeoutMs: 5_000,
        config: { acceptsNone: true, jsonSchema: expect.objectContaining({ type: 'object' }) },
      },
    ])
    expect(assets.get('users')?.checks).toMatchObject([{ name: 'freshness', blocking: true, inStep: false, config: null, timeoutMs: null }])
  })

  test('says how its data comes to be, and which multi-asset makes it', async () => {
    const crm = multiAsset({
      name: 'crm',
      subsettable: true,
      outputs: { tickets: { key: 'tickets', checks: { open: {} } }, calls: { key: 'calls' } },
      timeout: '1 minute',
      materialize: () => ({ tickets: 1 }),
    })
    const assets = await assetsOf({
      assets: [users, crm, externalAsset({ key: 'table' }), observableAsset({ key: 'catalog', timeout: '2 minutes', observe: () => 'v1' })],
    })
    expect([...assets.values()].map(({ key, origin }) => `${key}: ${origin}`)).toEqual([
      'users: function',
      'tickets: multi-asset',
      'calls: multi-asset',
      'table: external',
      'catalog: observable',
    ])
    expect(assets.get('tickets')).toMatchObject({
      multiAsset: { name: 'crm', subsettable: true },
      checks: [{ name: 'open', inStep: true }],
      timeoutMs: 60_000,
    })
    expect(assets.get('calls')).toMatchObject({ multiAsset: { name: 'crm', subsettable: true }, checks: [] })
    expect(assets.get('table')).toMatchObject({ multiAsset: null, graph: null, timeoutMs: null, config: null })
    expect(assets.get('catalog')).toMatchObject({ multiAsset: null, timeoutMs: 120_000 })
  })
})
