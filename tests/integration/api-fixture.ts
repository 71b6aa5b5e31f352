import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { OpenAPIHono } from '@hono/zod-openapi'
import { Client as TemporalClient, Connection } from '@temporalio/client'
import { NativeConnection } from '@temporalio/worker'
import { inject } from 'vitest'
import { z } from 'zod'
import { type AppOptions, createApp } from '../../api/app.ts'
import { type Client, createClient } from '../../client/index.ts'
import { asset } from '../../definitions/asset.ts'
import { type Definitions, definitions } from '../../definitions/definitions.ts'
import { env } from '../../definitions/env.ts'
import { assetJob } from '../../definitions/job.ts'
import { output } from '../../definitions/output.ts'
import { resource } from '../../definitions/resource.ts'
import { memoryIOManager } from '../../io/memory.ts'
import type { MetadataStore } from '../../metadata/metadata-store.ts'
import { openEmbeddedStore } from '../../metadata/open-store.ts'
import { type BackfillLauncher, createBackfillLauncher } from '../../temporal/backfill-launcher.ts'
import { createScheduleControl } from '../../temporal/schedule-control.ts'
import { createSensorControl } from '../../temporal/sensor-control.ts'
import { createRunLauncher, type RunLauncher } from '../../temporal/run-launcher.ts'
import { type RunningWorker, startWorker } from '../../worker.ts'

/** The API on a real store, a real Temporal server and a worker. */
export interface ApiFixture {
  readonly codeLocation: string
  readonly store: MetadataStore
  readonly launcher: RunLauncher
  readonly backfills: BackfillLauncher
  readonly app: OpenAPIHono
  /** Asks `app` without a port. */
  readonly client: Client
  readonly worker: RunningWorker
  /** Another app on the same parts. */
  appWith(options: Partial<AppOptions>): OpenAPIHono
  /** Steps of `gated` run until this is called. */
  openGate(): void
  stop(): Promise<void>
}

/** Starts the parts under a code location of its own; no other test file's worker takes its work. */
export async function startApiFixture(codeLocation: string): Promise<ApiFixture> {
  const folder = await mkdtemp(join(tmpdir(), 'assetry-api-'))
  const store = await openEmbeddedStore({ folder })
  const address = inject('temporalAddress')
  const namespace = inject('temporalNamespace')
  const connection = await Connection.connect({ address })
  const native = await NativeConnection.connect({ address })
  const client = new TemporalClient({ connection, namespace })
  const launcher = createRunLauncher({ store, client })
  const backfills = createBackfillLauncher({ store, client })
  const schedules = createScheduleControl({ store, client })
  const sensors = createSensorControl({ store, client })
  let openGate = (): void => {}
  const gate = new Promise<void>((resolve) => {
    openGate = resolve
  })
  const worker = await startWorker({
    definitions: project(gate),
    store,
    connection: native,
    namespace,
    codeLocation,
    shutdownGrace: '1 second',
  })
  const appWith = (options: Partial<AppOptions>) =>
    createApp({
      store,
      launcher,
      backfills,
      schedules,
      sensors,
      version: '0.1.0',
      namespace,
      temporalUiUrl: 'http://127.0.0.1:8233',
      ...options,
    })
  const app = appWith({})
  return {
    codeLocation,
    store,
    launcher,
    backfills,
    app,
    client: clientOf(app),
    worker,
    appWith,
    openGate,
    stop: async () => {
      openGate()
      await worker.shutdown()
      await native.close()
      await connection.close()
      await store.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** A client that asks the app itself. */
export function clientOf(app: OpenAPIHono): Client {
  return createClient({ baseUrl: 'http://127.0.0.1:3000', fetch: async (url, init) => await app.fetch(new Request(url, init)) })
}

/** Everything that an iteration gives. */
export async function collected<TItem>(items: AsyncIterable<TItem>): Promise<TItem[]> {
  const all: TItem[] = []
  for await (const item of items) all.push(item)
  return all
}

/** `raw/orders` → `orders` → `report`; `broken` → `after_broken`; and one asset each for config, environment and waiting. */
function project(gate: Promise<void>): Definitions {
  const rawOrders = asset({
    key: 'raw/orders',
    group: 'raw',
    kinds: ['csv'],
    owners: ['team:sales'],
    materialize: (_, { log }) => {
      log.info('reading orders', { rows: 2 })
      return output([{ id: 1 }, { id: 2 }], {
        metadata: { rows: 2, note: null, sample: { first: { id: 1, discount: null } }, read: new Date(0) },
      })
    },
  })
  const orders = asset({ key: 'orders', group: 'sales/clean', inputs: { rawOrders }, materialize: ({ rawOrders: rows }) => rows.length })
  const report = asset({ key: 'report', group: 'sales', deps: [orders], materialize: () => 'done' })
  const broken = asset({
    key: 'broken',
    group: 'odd',
    materialize: (): number => {
      throw new Error('no such table')
    },
  })
  const afterBroken = asset({ key: 'after_broken', group: 'odd', inputs: { broken }, materialize: () => 1 })
  const scored = asset({
    key: 'scored',
    group: 'odd',
    config: z.object({ minScore: z.number(), label: z.string() }),
    materialize: (_, { config }) => config.minScore,
  })
  const warehouse = resource({
    name: 'warehouse',
    description: 'Where rows end up.',
    config: z.object({ url: z.string() }),
    create: ({ url }) => url,
  })
  const loaded = asset({ key: 'loaded', group: 'odd', resources: { warehouse }, materialize: () => 1 })
  const gated = asset({
    key: 'gated',
    group: 'odd',
    materialize: async (_, { signal }) => {
      await new Promise<void>((resolve, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true })
        void gate.then(resolve)
      })
      return 1
    },
  })
  return definitions({
    assets: [rawOrders, orders, report, broken, afterBroken, scored, loaded, gated],
    jobs: [assetJob({ name: 'sales', selection: '+report', tags: { team: 'sales' } })],
    resources: [warehouse.configure({ url: env('ASSETRY_API_TEST_UNSET') })],
    ioManager: memoryIOManager(),
  })
}
