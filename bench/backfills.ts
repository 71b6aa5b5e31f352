import { fork } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Client, Connection } from '@temporalio/client'
import pg from 'pg'
import { startStack } from '../dist/cli/stack/stack.js'
import { createClient } from '../dist/client/index.js'
import { startEmbeddedStore } from '../dist/metadata/embedded-store-process.js'
import { openStore } from '../dist/metadata/open-store.js'
import { type BackfillRequest, createBackfillLauncher } from '../dist/temporal/backfill-launcher.js'
import { backfillWorkflowId } from '../dist/workflows/names.js'
import { partitionCounts } from './backfill-definitions.ts'

/** Activities that a bare workflow has at a time: Temporal gives it at most 2,000. */
const bareWidth = 500

/** Requests of which the median is taken, after the first ones, which only warm up. */
const requests = 25
const warmUpRequests = 5

const home = await mkdtemp(join(tmpdir(), 'assetry-bench-'))
// The store of the stack, started here so that this process may open it, too.
const storeProcess = await startEmbeddedStore({ home })
process.env['DATABASE_URL'] = storeProcess.url
const stack = await startStack({
  home,
  definitionsFile: fileURLToPath(new URL('./backfill-definitions.ts', import.meta.url)),
  codeLocation: 'default',
  watch: false,
  onProgress: (message) => console.error(message),
})
const assetry = createClient({ baseUrl: stack.url })
const temporal = new Client({ connection: await Connection.connect({ address: stack.temporalAddress }) })
const store = await openStore({ url: storeProcess.url })
const backfills = createBackfillLauncher({ store, client: temporal })
const bareWorker = fork(fileURLToPath(new URL('./bare-worker.ts', import.meta.url)), [stack.temporalAddress], {
  execArgv: ['--import', 'tsx'],
})
await once(bareWorker, 'message')

/** Milliseconds from the request to the workflow's end. */
async function backfilled(request: BackfillRequest): Promise<number> {
  const begun = performance.now()
  const { backfill } = await backfills.launch(request)
  await temporal.workflow.getHandle(backfillWorkflowId(backfill.backfillId)).result()
  const ms = performance.now() - begun
  const ended = await store.backfills.get(backfill.backfillId)
  if (ended?.status !== 'SUCCESS') throw new Error(`the backfill ended as ${ended?.status}: ${ended?.endReason}`)
  return ms
}

/** Milliseconds of as many activities that do nothing. */
async function bare(count: number): Promise<number> {
  const begun = performance.now()
  for (let done = 0; done < count; done += bareWidth)
    await temporal.workflow.execute('bareFan', { workflowId: `bare:${randomUUID()}`, taskQueue: 'bare', args: [bareWidth] })
  return performance.now() - begun
}

/** Milliseconds of a page of partitions. */
async function page(assetKey: string): Promise<number> {
  const times: number[] = []
  for (let request = 0; request < requests; request += 1) {
    const begun = performance.now()
    await assetry.assets.partitions(assetKey, { limit: 100 })
    times.push(performance.now() - begun)
  }
  return median(times.slice(warmUpRequests))
}

/** Partitions as if they had been made, a tenth of them not. */
async function fill(assetKey: string, start: string, count: number): Promise<void> {
  const client = new pg.Client({ connectionString: storeProcess.url })
  await client.connect()
  for (let from = 0; from < count; from += 100_000) {
    await client.query(
      `insert into assetry.asset_statuses (asset_key, partition_key, status, last_run_id, updated_at, materialization_count)
        select $1, to_char($2::timestamp + n * interval '1 hour', 'YYYY-MM-DD-HH24:MI'),
          case when n % 10 = 0 then 'FAILED' else 'MATERIALIZED' end, 'none', now(), 1
        from generate_series($3::int, $4::int) as n`,
      [assetKey, start, from, Math.min(count, from + 100_000) - 1],
    )
  }
  await client.end()
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN
}

function row(name: string, figures: string): void {
  console.log(`${name.padEnd(36)} ${figures}`)
}

const { many, dear, known } = partitionCounts

const dearMs = await backfilled({ selection: 'dear', partitionsPerStep: 1 })
const bareMs = await bare(dear)
row(
  `backfill of ${dear}, one a step`,
  `${(dear / (dearMs / 1_000)).toFixed(0)}/s (at least 300)   bare Temporal ${(dear / (bareMs / 1_000)).toFixed(0)}/s   ratio ${(dearMs / bareMs).toFixed(2)}`,
)

const manyMs = await backfilled({ selection: 'many' })
row(`backfill of ${many}, many a step`, `${(manyMs / 1_000).toFixed(1)} s (at most 60)   ${(many / (manyMs / 1_000)).toFixed(0)}/s`)
row(`partition status, ${many} known`, `${(await page('many')).toFixed(1)} ms (at most 50)`)

const fillBegun = performance.now()
await fill('known', '1910-01-01', known)
console.error(`${known} partitions filled in within ${((performance.now() - fillBegun) / 1_000).toFixed(0)} s`)
row(`partition status, ${known} known`, `${(await page('known')).toFixed(1)} ms (at most 300)`)

bareWorker.kill()
await temporal.connection.close()
await store.close()
await stack.stop()
await storeProcess.stop()
await rm(home, { recursive: true, force: true })
process.exit(0)
