import { expect, test } from 'vitest'
import { knownAssets } from './known-assets.ts'
import type { AssetStatus, Materialization } from './metadata-store.ts'

const time = new Date('2026-01-01T12:00:10Z')
const materialization: Materialization = {
  id: '1',
  runId: 'run',
  stepKey: 'orders',
  assetKey: 'orders',
  partitionKey: null,
  time,
  durationMs: 10_000,
  metadata: {},
  tags: {},
  codeVersion: 'c1',
  dataVersion: 'd1',
  inputVersions: { raw: 'r1' },
}
const status: AssetStatus = {
  assetKey: 'orders',
  partitionKey: null,
  status: 'MATERIALIZED',
  lastRunId: 'run',
  updatedAt: time,
  lastMaterialization: materialization,
  materializationCount: 1,
  lastObservation: null,
  dataVersion: 'd2',
  dataVersionAt: time,
}

test('what is known of an asset is what its newest materialization was made from, and the newest version of its data', () => {
  expect(knownAssets([status]).get('orders')).toEqual({
    status: 'MATERIALIZED',
    materialized: { codeVersion: 'c1', inputVersions: { raw: 'r1' }, begunAt: new Date('2026-01-01T12:00:00Z') },
    dataVersion: 'd2',
    dataVersionAt: time,
  })
})

test('what was reported was begun when it was reported', () => {
  const reported = { ...status, lastMaterialization: { ...materialization, durationMs: null, inputVersions: null } }
  expect(knownAssets([reported]).get('orders')?.materialized).toMatchObject({ begunAt: time, inputVersions: null })
})

test('an asset that was never materialized is known all the same, and a partition of it is not the asset', () => {
  const failed: AssetStatus = {
    ...status,
    assetKey: 'raw',
    status: 'FAILED',
    lastMaterialization: null,
    dataVersion: null,
    dataVersionAt: null,
  }
  const known = knownAssets([failed, { ...status, partitionKey: '2026-01-01' }])
  expect([...known]).toEqual([['raw', { status: 'FAILED', materialized: null, dataVersion: null, dataVersionAt: null }]])
})
