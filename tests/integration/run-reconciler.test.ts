import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { asset } from '../../definitions/asset.ts'
import { definitions } from '../../definitions/definitions.ts'
import { snapshotOf } from '../../planning/snapshot-of.ts'
import { type Reconciled, reconcileRuns } from '../../temporal/run-reconciler.ts'
import { runWorkflowId } from '../../workflows/names.ts'
import { until } from '../dev-server.ts'
import { DurableStack, Gate } from '../durable-stack.ts'

const codeLocation = 'run-reconciler'
const withoutWorker = `${codeLocation}-without-worker`

const calls: string[] = []
const held = new Gate()
const first = asset({ key: 'first', materialize: () => calls.push('first') })
const second = asset({
  key: 'second',
  deps: [first],
  heartbeatTimeout: '1 second',
  materialize: async () => {
    calls.push('second')
    await held.opened
  },
})
const third = asset({ key: 'third', deps: [second], materialize: () => calls.push('third') })
const all = definitions({ assets: [first, second, third] })

let stack: DurableStack

beforeAll(async () => {
  stack = await DurableStack.start(codeLocation)
  await stack.store.codeLocations.register(withoutWorker, await snapshotOf(all))
})
afterAll(() => stack.stop())

/** Reconciles until the runs are old enough to be looked at, and gives what was done about each. */
async function reconciled(runIds: readonly string[]): Promise<ReadonlyMap<string, Reconciled>> {
  const done = new Map<string, Reconciled>()
  while (done.size < runIds.length) {
    for (const each of await reconcileRuns(stack)) done.set(each.runId, each)
    await wait(100)
  }
  return done
}

/** Takes the workflow out of Temporal, as a wiped server does: with its history, and without a word to anybody. */
async function forgetWorkflow(runId: string): Promise<void> {
  const workflowExecution = { workflowId: runWorkflowId(runId) }
  await stack.client.workflowService.deleteWorkflowExecution({ namespace: inject('temporalNamespace'), workflowExecution })
  await until(() =>
    stack
      .workflow(runId)
      .describe()
      .then(
        () => undefined,
        () => true,
      ),
  )
}

describe('a comparison of open runs with Temporal', () => {
  it('starts what has no workflow, ends what was ended from outside, and leaves the rest', async () => {
    const neverStarted = (await stack.recordRun(all, { assetKeys: ['first'] })).runId
    // Its launch may be going on in another process.
    expect(await reconcileRuns(stack)).toEqual([])
    const cancelledUnstarted = (await stack.recordRun(all, { assetKeys: ['first'] })).runId
    await stack.store.runs.canceling(cancelledUnstarted)
    const launch = (): Promise<string> => stack.launch({ codeLocation: withoutWorker, selection: 'first' })
    const [waiting, terminated, lostCancel] = await Promise.all([launch(), launch(), launch()])
    await stack.workflow(terminated).terminate('somebody pressed the button')
    await stack.store.runs.canceling(lostCancel)

    const done = await reconciled([neverStarted, cancelledUnstarted, terminated])
    expect(done).toEqual(
      new Map<string, Reconciled>([
        [neverStarted, { runId: neverStarted, action: 'started', why: 'it had no workflow in Temporal' }],
        [cancelledUnstarted, { runId: cancelledUnstarted, action: 'ended', why: 'cancelled before its workflow was started' }],
        [terminated, { runId: terminated, action: 'ended', why: 'its workflow was terminated in Temporal' }],
      ]),
    )
    expect((await stack.record(terminated)).run).toMatchObject({ status: 'FAILURE', endReason: 'its workflow was terminated in Temporal' })
    expect((await stack.record(cancelledUnstarted)).run).toMatchObject({ status: 'CANCELED' })
    expect((await stack.record(waiting)).run.status).toBe('QUEUED')
    // Nothing is left to be done about them.
    expect(await reconcileRuns(stack)).toEqual([])

    calls.length = 0
    const worker = await stack.startWorker(all)
    expect((await stack.ended(neverStarted)).run.status).toBe('SUCCESS')
    expect(calls).toEqual(['first'])
    await worker.shutdown()
    await stack.startWorker(all, { codeLocation: withoutWorker })
    // The cancel that was recorded and had not reached Temporal.
    expect((await stack.ended(lostCancel)).run.status).toBe('CANCELED')
    expect((await stack.ended(waiting)).run.status).toBe('SUCCESS')
  })

  it('starts a run again whose workflow is gone, and what was recorded is not run again', async () => {
    calls.length = 0
    const worker = await stack.startWorker(all)
    const runId = await stack.launch('*')
    await until(() => (calls.includes('second') ? true : undefined))
    await forgetWorkflow(runId)
    expect(await reconciled([runId])).toEqual(new Map([[runId, { runId, action: 'started', why: 'it had no workflow in Temporal' }]]))
    await until(() => (calls.filter((each) => each === 'second').length === 2 ? true : undefined))
    held.open()
    const { run, story, materialized, eventsOf } = await stack.ended(runId)
    expect(run.status).toBe('SUCCESS')
    expect(materialized).toEqual(['first', 'second', 'third'])
    expect(story('first')).toEqual(['STEP_START 1', 'ASSET_MATERIALIZATION 1'])
    expect(story('second').slice(0, 2)).toEqual(['STEP_START 1', 'STEP_WORKER_LOST 1'])
    expect(eventsOf('RUN_STARTED')).toHaveLength(1)
    expect(calls).toEqual(['first', 'second', 'second', 'third'])
    await worker.shutdown()
  })
})
