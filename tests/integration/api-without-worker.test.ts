import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Client as TemporalClient, Connection } from '@temporalio/client'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { createApp } from '../../api/app.ts'
import type { Client } from '../../client/index.ts'
import { asset } from '../../definitions/asset.ts'
import { definitions } from '../../definitions/definitions.ts'
import type { MetadataStore } from '../../metadata/metadata-store.ts'
import { openEmbeddedStore } from '../../metadata/open-store.ts'
import { snapshotOf } from '../../planning/snapshot-of.ts'
import { createBackfillLauncher } from '../../temporal/backfill-launcher.ts'
import { createScheduleControl } from '../../temporal/schedule-control.ts'
import { createSensorControl } from '../../temporal/sensor-control.ts'
import { createRunLauncher } from '../../temporal/run-launcher.ts'
import { clientOf } from './api-fixture.ts'

let folder: string
let store: MetadataStore
let connection: Connection
let client: Client
let away: Connection
let clientOfNoTemporal: Client

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'assetry-api-'))
  store = await openEmbeddedStore({ folder })
  connection = await Connection.connect({ address: inject('temporalAddress') })
  // Port 1 is reserved and nothing listens there. Without interceptors no call is repeated after the connection was closed.
  away = Connection.lazy({ address: '127.0.0.1:1', interceptors: [] })
  const clientBy = (by: Connection) => {
    const parts = { store, client: new TemporalClient({ connection: by }) }
    return clientOf(
      createApp({
        store,
        launcher: createRunLauncher(parts),
        backfills: createBackfillLauncher(parts),
        schedules: createScheduleControl(parts),
        sensors: createSensorControl(parts),
        version: '0.1.0',
      }),
    )
  }
  client = clientBy(connection)
  clientOfNoTemporal = clientBy(away)
})
afterAll(async () => {
  await connection.close()
  await away.close()
  await store.close()
  await rm(folder, { recursive: true, force: true })
})

const orders = asset({ key: 'orders', materialize: () => 1 })

async function register(location: string, ...keys: readonly string[]): Promise<void> {
  const assets = keys.map((key) => asset({ key, materialize: () => 1 }))
  await store.codeLocations.register(location, await snapshotOf(definitions({ assets })))
}

describe('the API before any worker', () => {
  it('has empty lists, and is not ready', async () => {
    expect(await client.assets.list()).toEqual({ items: [], nextCursor: null })
    expect(await client.lineage()).toEqual({ nodes: [], edges: [] })
    expect(await client.health()).toMatchObject({
      status: 'unavailable',
      parts: [
        { name: 'store', ok: true },
        { name: 'temporal', ok: true },
        { name: 'codeLocation', ok: false, detail: expect.stringContaining('assetry worker') as string },
        { name: 'worker', ok: false },
      ],
    })
  })

  it('refuses to start a run, and says that a worker is missing', async () => {
    await expect(client.runs.start({ selection: orders.key })).rejects.toMatchObject({
      code: 'NO_CODE_LOCATION',
      status: 503,
      retryAfterSeconds: 5,
    })
  })
})

describe('the API whose worker has gone', () => {
  it('sees new definitions without a restart', async () => {
    await register('gone-worker', 'orders')
    expect((await client.assets.list()).items.map((each) => each.key)).toEqual(['orders'])
    await register('gone-worker', 'orders', 'returns')
    expect((await client.assets.list()).items.map((each) => each.key)).toEqual(['orders', 'returns'])
  })

  it('starts the run, and says what it waits for', async () => {
    const { run } = await client.runs.start({ selection: 'orders' })
    expect(await client.runs.get(run.runId)).toMatchObject({
      status: 'QUEUED',
      waitingFor: 'a worker on assetry:gone-worker',
      steps: [{ stepKey: 'orders', status: 'WAITING', attempt: 0 }],
      temporal: { workflowId: `run:${run.runId}`, url: null },
    })
    expect((await client.codeLocations.list()).items).toMatchObject([{ name: 'gone-worker', hasWorker: false }])
    await client.runs.cancel(run.runId)
    await connection.workflowService.terminateWorkflowExecution({
      namespace: 'default',
      workflowExecution: { workflowId: `run:${run.runId}` },
    })
  })

  it('asks for a code location where there are several, and refuses one that is not there', async () => {
    await register('other', 'returns')
    await expect(client.runs.start({ selection: 'orders' })).rejects.toMatchObject({ code: 'NO_CODE_LOCATION', status: 422 })
    await expect(client.runs.start({ selection: 'orders', codeLocation: 'othre' })).rejects.toMatchObject({ status: 422 })
    expect((await client.assets.get('returns')).codeLocation).toBe('gone-worker')
  })
})

describe('the API without Temporal', () => {
  it('shows what is recorded, and says what is away', async () => {
    expect((await clientOfNoTemporal.assets.list()).items).toHaveLength(2)
    expect((await clientOfNoTemporal.codeLocations.list()).items[0]).toMatchObject({ hasWorker: null })
    const { parts } = await clientOfNoTemporal.health()
    expect(parts.map(({ name, ok }) => [name, ok])).toEqual([
      ['store', true],
      ['temporal', false],
      ['codeLocation', true],
      ['worker', false],
    ])
  })

  it('refuses to start a run with 503, and records none', async () => {
    const before = await client.runs.list()
    const start = clientOfNoTemporal.runs.start({ selection: 'orders', codeLocation: 'gone-worker' })
    await expect(start).rejects.toMatchObject({ code: 'TEMPORAL_UNREACHABLE', status: 503 })
    expect(await client.runs.list()).toEqual(before)
  })
})
