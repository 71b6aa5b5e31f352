import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type AnyAsset, asset } from '../../definitions/asset.ts'
import { definitions } from '../../definitions/definitions.ts'
import { job } from '../../definitions/job.ts'
import { op } from '../../definitions/op.ts'
import { filesystemIOManager } from '../../io/filesystem.ts'
import { buildLoadContext } from '../../testing/io-context.ts'
import { DurableStack } from '../durable-stack.ts'

const codeLocation = 'run-large'

const wide = Array.from({ length: 5_000 }, (_, index) => asset({ key: `wide/a${index}`, group: 'wide', materialize: () => index }))
const gathered = asset({ key: 'gathered', group: 'wide', deps: wide, materialize: () => 'all of them' })

const chain: AnyAsset[] = []
for (let index = 0; index < 700; index += 1)
  chain.push(asset({ key: `chain/a${index}`, group: 'chain', deps: chain.slice(-1), materialize: () => index }))

const broken = asset({
  key: 'broken',
  group: 'chain',
  materialize: (): number => {
    throw new Error('no such table')
  },
})
const behindBroken = asset({ key: 'behind_broken', group: 'chain', deps: [broken], materialize: () => 1 })

const list = op({ name: 'list', run: () => Array.from({ length: 2_000 }, (_, index) => index) })
const double = op({ name: 'double', run: ({ value }: { value: number }) => value * 2 })
const total = op({ name: 'total', run: ({ values }: { values: readonly number[] }) => values.reduce((sum, value) => sum + value, 0) })
const fanOut = job({
  name: 'fan_out',
  graph: () => {
    total({
      values: list()
        .map((value) => double({ value }))
        .collect(),
    })
  },
})

let stack: DurableStack

beforeAll(async () => {
  stack = await DurableStack.start(codeLocation)
  await stack.startWorker(definitions({ assets: [...wide, gathered, ...chain, broken, behindBroken], jobs: [fanOut] }))
})
afterAll(() => stack.stop())

/** How many executions the workflow of a run has had: it continues as new before its history gets too long. */
async function executions(runId: string): Promise<number> {
  const { workflowId } = stack.workflow(runId)
  let execution: string | undefined = (await stack.workflow(runId).describe()).runId
  let count = 0
  while (execution) {
    count += 1
    const { events } = await stack.client.workflow.getHandle(workflowId, execution).fetchHistory()
    execution = events?.[0]?.workflowExecutionStartedEventAttributes?.continuedExecutionRunId ?? undefined
  }
  return count
}

describe('a large run', () => {
  it('of 5,001 assets side by side ends well over several executions of its workflow, each materialized once', async () => {
    const { run, statuses, materialized } = await stack.runToEnd('group:wide')
    expect(run).toMatchObject({ status: 'SUCCESS', stepCount: 5_001 })
    expect(materialized).toEqual(['gathered', ...wide.map((each) => each.key)].sort())
    expect(new Set(Object.values(statuses))).toEqual(new Set(['SUCCESS']))
    expect(Object.keys(statuses)).toHaveLength(5_001)
    expect(await executions(run.runId)).toBeGreaterThan(1)
  })

  it('of 2,000 steps of one op, known only when a list is there, collects what they gave', async () => {
    const { run, steps } = await stack.runToEnd({ job: 'fan_out' })
    expect(run).toMatchObject({ status: 'SUCCESS', stepCount: 3 })
    expect(steps.filter((each) => each.status === 'SUCCESS')).toHaveLength(2_002)
    expect(steps.filter((each) => each.stepKey.startsWith('double[')).map((each) => each.attempt)).toEqual(
      Array.from({ length: 2_000 }, () => 1),
    )
    const files = filesystemIOManager({ folder: join(stack.folder, 'storage') })
    expect(await files.load(buildLoadContext({ assetKey: `__runs/${run.runId}/total/result` }))).toBe(2_000 * 1_999)
  })

  it('of 700 assets one after the other does so too, and knows at its end what failed at its beginning', async () => {
    const { run, materializations, steps, step, failure } = await stack.runToEnd('group:chain')
    expect(await executions(run.runId)).toBeGreaterThan(1)
    expect(materializations.map((each) => each.assetKey)).toEqual(chain.map((each) => each.key))
    expect(steps.filter((each) => each.attempt !== 1).map((each) => each.stepKey)).toEqual(['behind_broken'])
    expect(run).toMatchObject({ status: 'FAILURE', stepCount: 702 })
    expect(step('behind_broken')).toMatchObject({ status: 'SKIPPED', because: 'broken' })
    expect(failure?.cause?.message).toBe('1 of 702 steps failed: broken; 1 skipped')
  })
})
