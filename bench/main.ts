import { fork } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Client, Connection } from '@temporalio/client'
import { startStack } from '../dist/cli/stack/stack.js'
import { createClient } from '../dist/client/index.js'
import { runWorkflowId } from '../dist/workflows/names.js'
import { fanOutSizes, graphSizes } from './definitions.ts'

/** Rounds of each measurement; the first two only warm up. Ours and bare Temporal take turns, so that both see the same machine. */
const rounds = 14
const warmUpRounds = 2

const home = await mkdtemp(join(tmpdir(), 'assetry-bench-'))
const stack = await startStack({
  home,
  definitionsFile: fileURLToPath(new URL('./definitions.ts', import.meta.url)),
  codeLocation: 'default',
  watch: false,
  onProgress: (message) => console.error(message),
})
const assetry = createClient({ baseUrl: stack.url })
const temporal = new Client({ connection: await Connection.connect({ address: stack.temporalAddress }) })
const bareWorker = fork(fileURLToPath(new URL('./bare-worker.ts', import.meta.url)), [stack.temporalAddress], {
  execArgv: ['--import', 'tsx'],
})
await once(bareWorker, 'message')

/** Milliseconds from the request to the workflow's end. */
async function ours(job: string): Promise<number> {
  const begun = performance.now()
  const { run } = await assetry.runs.start({ job })
  await temporal.workflow.getHandle(runWorkflowId(run.runId)).result()
  return performance.now() - begun
}

async function bare(type: string, size: number): Promise<number> {
  const begun = performance.now()
  await temporal.workflow.execute(type, { workflowId: `bare:${randomUUID()}`, taskQueue: 'bare', args: [size] })
  return performance.now() - begun
}

/** Milliseconds from the request until the event stream says that the run has succeeded. */
async function launchToSuccess(): Promise<number> {
  const begun = performance.now()
  const { run } = await assetry.runs.start({ job: 'three' })
  for await (const event of assetry.runs.follow(run.runId)) if (event.type === 'RUN_SUCCESS') break
  return performance.now() - begun
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN
}

async function compared(
  name: string,
  steps: number,
  measureOurs: () => Promise<number>,
  measureBare: () => Promise<number>,
): Promise<void> {
  const times: { ours: number[]; bare: number[] } = { ours: [], bare: [] }
  for (let round = 0; round < rounds; round += 1) {
    const [oursMs, bareMs] = [await measureOurs(), await measureBare()]
    if (round < warmUpRounds) continue
    times.ours.push(oursMs)
    times.bare.push(bareMs)
  }
  const [oursMs, bareMs] = [median(times.ours), median(times.bare)]
  const ratio = oursMs / bareMs
  console.log(
    `${name.padEnd(28)} ${perStep(oursMs, steps)}   bare Temporal ${perStep(bareMs, steps)}   ratio ${ratio.toFixed(2)}  (at most 1.25)`,
  )
}

/** A large run against a small one of the same kind: what a step of each costs. The first of the small ones only warms up. */
async function scaled(name: string, [small, large]: readonly [number, number], job: string): Promise<void> {
  const times: number[] = []
  for (let round = 0; round < 6; round += 1) times.push(await ours(`${job}_${small}`))
  const [smallMs, largeMs] = [median(times.slice(1)), await ours(`${job}_${large}`)]
  const ratio = largeMs / large / (smallMs / small)
  console.log(
    `${`${name} of ${large}`.padEnd(28)} ${perStep(largeMs, large)}   of ${small} ${perStep(smallMs, small)}   ratio ${ratio.toFixed(2)}  (at most 2)`,
  )
}

function perStep(ms: number, steps: number): string {
  return `${ms.toFixed(0).padStart(5)} ms ${(ms / steps).toFixed(1).padStart(5)} ms/step`
}

await compared(
  'chain of 100',
  100,
  () => ours('chain'),
  () => bare('bareChain', 100),
)
await compared(
  '500 independent',
  500,
  () => ours('fan'),
  () => bare('bareFan', 500),
)

await scaled('graph of assets', graphSizes, 'graph')
await scaled('dynamic fan-out', fanOutSizes, 'fan_out')

const launches: number[] = []
for (let round = 0; round < 2 * rounds; round += 1) launches.push(await launchToSuccess())
console.log(`${'3 assets, launch to success'.padEnd(28)} ${median(launches.slice(3)).toFixed(0).padStart(5)} ms   (at most 150)`)

const { run } = await assetry.runs.start({ job: 'chain' })
await assetry.runs.wait(run.runId)
const { items } = await assetry.runs.events(run.runId, { limit: 1_000 })
console.log(
  `${'event rows per step'.padEnd(28)} ${(items.filter((event) => event.stepKey !== null).length / 100).toFixed(1).padStart(5)}      (at most 4)`,
)

bareWorker.kill()
await temporal.connection.close()
await stack.stop()
await rm(home, { recursive: true, force: true })
process.exit(0)
