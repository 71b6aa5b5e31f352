import { execFileSync } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import pMap from 'p-map'
import pg from 'pg'
import { startStack } from '../dist/cli/stack/stack.js'
import { createClient } from '../dist/client/index.js'
import { startEmbeddedStore } from '../dist/metadata/embedded-store-process.js'
import { sensorCounts } from './sensor-definitions.ts'

/** Events of which the median is taken, one after another. */
const events = 200
const warmUpEvents = 10

/** How long the many sensors are watched, and how long before that they have to come into step. Unit: milliseconds. */
const watchedMs = 60_000
const settlingMs = 20_000

/** The interval of the many sensors. Unit: milliseconds. */
const intervalMs = 5_000

const home = await mkdtemp(join(tmpdir(), 'assetry-bench-'))
const storeProcess = await startEmbeddedStore({ home })
process.env['DATABASE_URL'] = storeProcess.url
const stack = await startStack({
  home,
  definitionsFile: fileURLToPath(new URL('./sensor-definitions.ts', import.meta.url)),
  codeLocation: 'default',
  watch: false,
  onProgress: (message) => console.error(message),
})
const assetry = createClient({ baseUrl: stack.url })
const store = new pg.Client({ connectionString: storeProcess.url })
await store.connect()

/** Milliseconds from each event's post to the start of its run, by the clock of this machine. */
async function eventToRun(): Promise<readonly number[]> {
  const times: number[] = []
  for (let order = 0; order < events + warmUpEvents; order += 1) {
    const begun = Date.now()
    await assetry.sensors.tell('told', { order }, { idempotencyKey: `order-${order}` })
    times.push((await startOf(order)).getTime() - begun)
  }
  return times.slice(warmUpEvents)
}

async function startOf(order: number): Promise<Date> {
  for (;;) {
    const [run] = (
      await store.query<{ at: Date | null }>(`select started_at as at from assetry.runs where tags ->> 'order' = $1`, [String(order)])
    ).rows
    if (run?.at) return run.at
    await wait(20)
  }
}

/** Milliseconds by which each tick of the working sensors began later than its interval after the one before. */
async function delays(since: Date): Promise<readonly number[]> {
  const { rows } = await store.query<{ ms: number }>(
    `select extract(epoch from started_at - before)::float8 * 1000 - $2 as ms from (
       select started_at, lag(started_at) over (partition by name order by number) as before from assetry.ticks where name like 'working%'
     ) as t where before >= $1`,
    [since, intervalMs],
  )
  return rows.map(({ ms }) => ms)
}

/** Processes of the stack: this one (the API is in it), and all that it has started. */
function processes(): readonly number[] {
  const parents = execFileSync('ps', ['-eo', 'pid=,ppid='], { encoding: 'utf8' })
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number))
  const found = [process.pid]
  for (const pid of found) found.push(...parents.flatMap(([child, parent]) => (parent === pid && child !== undefined ? [child] : [])))
  return found
}

/** Proportional memory, so that shared pages count once. Unit: MB. */
async function memory(): Promise<number> {
  const each = await Promise.all(
    processes().map(async (pid) =>
      Number(/^Pss:\s+(\d+)/m.exec(await readFile(`/proc/${pid}/smaps_rollup`, 'utf8').catch(() => ''))?.[1] ?? 0),
    ),
  )
  return each.reduce((sum, kb) => sum + kb, 0) / 1_024
}

/** Processor time that the stack has used. Unit: seconds. */
async function processorTime(): Promise<number> {
  const each = await Promise.all(
    processes().map(async (pid) => {
      const fields = (await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')).split(') ')[1]?.split(' ') ?? []
      return (Number(fields[11] ?? 0) + Number(fields[12] ?? 0)) / 100
    }),
  )
  return each.reduce((sum, seconds) => sum + seconds, 0)
}

function quantile(values: readonly number[], share: number): string {
  return ([...values].sort((a, b) => a - b)[Math.floor(values.length * share)] ?? Number.NaN).toFixed(0)
}

function row(name: string, figures: string): void {
  console.log(`${name.padEnd(28)} ${figures}   load ${loadavg()[0]?.toFixed(1)}`)
}

const times = await eventToRun()
row('event to run', `p50 ${quantile(times, 0.5)} ms (at most 100)   p95 ${quantile(times, 0.95)} ms`)

const names = Object.entries(sensorCounts).flatMap(([kind, count]) => Array.from({ length: count }, (_, index) => `${kind}_${index}`))
await pMap(names, (name) => assetry.sensors.start(name), { concurrency: 10 })
await wait(settlingMs)
const [begun, before] = [new Date(), await processorTime()]
await wait(watchedMs)
const used = (await processorTime()) - before
const late = await delays(begun)
row(
  `${names.length} sensors, delay`,
  `p50 ${quantile(late, 0.5)} ms   p95 ${quantile(late, 0.95)} ms (at most 1000)   ${late.length} ticks`,
)
row(`${names.length} sensors, memory`, `${(await memory()).toFixed(0)} MB (below 1024)`)
row(`${names.length} sensors, processor`, `${((used / watchedMs) * 100_000).toFixed(0)} % of a core`)

await store.end()
await stack.stop()
await storeProcess.stop()
await rm(home, { recursive: true, force: true })
process.exit(0)
