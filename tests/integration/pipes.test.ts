import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import type { AnyAsset } from '../../definitions/asset.ts'
import { asset } from '../../definitions/asset.ts'
import { definitions } from '../../definitions/definitions.ts'
import { isFailure } from '../../definitions/failure.ts'
import { materialize } from '../../execution/materialize.ts'
import { pipes, type PipesResult } from '../../io/pipes/index.ts'
import type { LogLine } from '../../metadata/stores/step-store.ts'
import { assetryCommand, until } from '../dev-server.ts'
import { DurableStack, type RunRecord } from '../durable-stack.ts'
import { gone, isRunning } from '../process-gone.ts'

const python = inject('dagsterPipes') ?? ''
const fixture = (file: string): string => fileURLToPath(new URL(`../fixtures/pipes/${file}`, import.meta.url))

/** What came of the last call. */
let result: PipesResult | undefined

const orders = (key: string, limit: number): AnyAsset =>
  asset({
    key,
    codeVersion: 'c1',
    retries: { max: 1, delay: 10 },
    checks: { prices_known: {} },
    materialize: async (_, context) => {
      result = await pipes(context, { command: [python, fixture('clean_orders.py')], extras: { limit } })
      return result
    },
  })
const long = asset({ key: 'long', materialize: (_, context) => pipes(context, { command: [python, fixture('work_for_long.py')] }) })

const linesOf = ({ events }: Pick<RunRecord, 'events'>): readonly string[] =>
  events
    .filter((event) => event.type === 'LOG')
    .flatMap((event) => event.data['lines'] as readonly LogLine[])
    .map(({ level, source, message }) => `${level} ${source} ${message}`)

const metadata = {
  rows: { type: 'int', value: 10 },
  mean_price: { type: 'float', value: 12 },
  summary: { type: 'markdown', value: '**fine**' },
  ratio: { type: 'text', value: 'NaN' },
}

describe.skipIf(python === '')('a Python script with dagster-pipes, in this process', () => {
  it('materializes the asset with what it reports', async () => {
    const outcome = await materialize([orders('orders', 10)])
    expect(outcome.materializations).toMatchObject([{ assetKey: 'orders', metadata, dataVersion: 'alpha', tags: {} }])
    expect(outcome.checks).toMatchObject([{ assetKey: 'orders', checkName: 'prices_known', passed: false, severity: 'WARN' }])
    expect(result).toMatchObject({
      checks: { prices_known: { passed: false, severity: 'WARN', metadata: { without_price: 2 } } },
      customMessages: [{ skipped: [7, 9] }],
    })
  })

  it('fails it with its exception, after the tries that the asset allows', async () => {
    const { failures } = await materialize([orders('orders', 1001)], { raiseOnError: false })
    const error = failures[0]?.error as Error
    expect(isFailure(error)).toBe(true)
    expect(error.message).toMatch(/clean_orders\.py" failed: ValueError: 1001 orders are too many$/)
    expect(error.cause).toMatchObject({ name: 'ValueError', message: '1001 orders are too many' })
    expect((error.cause as Error).stack).toMatch(/Traceback \(most recent call last\):\n(.*\n)*.*clean_orders\.py", line \d+, in clean/)
    expect((error.cause as Error).cause).toMatchObject({ name: 'KeyError', message: "'price'" })
  })
})

describe.skipIf(python === '')('a Python script with dagster-pipes, in a durable run', () => {
  const codeLocation = 'pipes'
  let stack: DurableStack

  beforeAll(async () => {
    stack = await DurableStack.start(codeLocation)
    await stack.startWorker(definitions({ assets: [orders('orders', 10), orders('too_many', 1001), long] }), { onOutput: () => undefined })
  })
  afterAll(() => stack.stop())

  /** The processes of the long script, once it has told them while it runs. */
  async function pidsOf(runId: string): Promise<readonly number[]> {
    return await until(async () => {
      const told = linesOf(await stack.record(runId)).map((line) => /works as (\d+) and (\d+)/.exec(line))
      return told
        .find((found) => found !== null)
        ?.slice(1)
        .map(Number)
    })
  }

  it('is recorded with what it reported, and all it said is in the log of its step', async () => {
    const run = await stack.runToEnd('orders')
    expect(run.materializations).toMatchObject([{ assetKey: 'orders', metadata, dataVersion: 'alpha', codeVersion: 'c1' }])
    expect(linesOf(run)).toEqual(
      expect.arrayContaining([
        'info stdout reading 10 orders',
        'info stderr a word to stderr',
        `info log run ${run.run.runId} makes orders, code version c1`,
        'warn log two orders have no price',
      ]),
    )
  })

  it('is tried again by the retry policy, then recorded with its exception and traceback', async () => {
    const run = await stack.runToEnd('too_many')
    expect(run.story('too_many')).toEqual(['STEP_START 1', 'STEP_UP_FOR_RETRY 1', 'STEP_START 2', 'STEP_FAILURE 2'])
    expect(run.step('too_many').error).toMatchObject({
      name: 'Failure',
      metadata: { exit_code: { type: 'int', value: 1 } },
      cause: { name: 'ValueError', message: '1001 orders are too many', stack: expect.stringContaining('in clean') },
    })
  })

  it('is ended with the processes that it started when the run is cancelled', async () => {
    const runId = await stack.launch('long')
    const pids = await pidsOf(runId)
    expect(pids.filter(isRunning)).toEqual(pids)
    await stack.launcher.cancel(runId)
    const run = await stack.ended(runId)
    expect(run.statuses).toEqual({ long: 'CANCELED' })
    expect(pids.filter(isRunning)).toEqual([])
  })

  it('is ended with the processes that it started when its worker is killed', async () => {
    const location = `${codeLocation}-killed`
    const worker = spawn(process.execPath, [assetryCommand, 'worker', '-f', fixture('definitions.ts'), '--code-location', location], {
      env: { ...process.env, DATABASE_URL: stack.storeUrl, TEMPORAL_ADDRESS: inject('temporalAddress'), PIPES_PYTHON: python },
      stdio: 'ignore',
    })
    try {
      await until(async () => ((await stack.store.codeLocations.list()).some(({ name }) => name === location) ? true : undefined))
      const runId = await stack.launch({ selection: 'long', codeLocation: location })
      const pids = await pidsOf(runId)
      expect(pids.filter(isRunning)).toEqual(pids)
      worker.kill('SIGKILL')
      await gone(...pids)
      await stack.launcher.cancel(runId)
    } finally {
      worker.kill('SIGKILL')
    }
  })
})
