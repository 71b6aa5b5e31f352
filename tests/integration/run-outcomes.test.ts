import { ApplicationFailure } from '@temporalio/client'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { asset } from '../../definitions/asset.ts'
import { definitions } from '../../definitions/definitions.ts'
import { Failure } from '../../definitions/failure.ts'
import { output } from '../../definitions/output.ts'
import { MetadataValue } from '../../definitions/metadata-value.ts'
import { startRunWorkflow } from '../../temporal/run-workflow.ts'
import { runWorkflowId } from '../../workflows/names.ts'
import { DurableStack, Gate } from '../durable-stack.ts'

const codeLocation = 'run-outcomes'

/** How often each asset's function was called, over all runs. */
const calls = new Map<string, number>()
const called = (key: string): number => {
  calls.set(key, (calls.get(key) ?? 0) + 1)
  return calls.get(key) ?? 0
}

const source = asset({ key: 'source', materialize: () => [1, 2, 3] })
const doubled = asset({ key: 'doubled', inputs: { source }, materialize: (inputs) => inputs.source.map((each) => each * 2) })
const total = asset({
  key: 'total',
  inputs: { doubled, source },
  materialize: (inputs) => output(inputs.doubled.length + inputs.source.length, { metadata: { rows: 6 }, dataVersion: 'v1' }),
})

const leftRuns = new Gate()
const rightRuns = new Gate()
/** Each waits until the other runs: they only end where both run at once. */
const left = asset({
  key: 'sides/left',
  deps: [source],
  materialize: async () => {
    leftRuns.open()
    await rightRuns.opened
  },
})
const right = asset({
  key: 'sides/right',
  deps: [source],
  materialize: async () => {
    rightRuns.open()
    await leftRuns.opened
  },
})

const broken = asset({
  key: 'broken',
  materialize: (): number => {
    throw new TypeError('no such table', { cause: new Error('the disk is full') })
  },
})
const afterBroken = asset({ key: 'after_broken', inputs: { broken }, materialize: () => called('after_broken') })
const farBehindBroken = asset({ key: 'far_behind_broken', deps: [afterBroken, source], materialize: () => called('far_behind_broken') })
const slowBranch = asset({
  key: 'slow_branch',
  deps: [doubled],
  materialize: () => new Promise<string>((resolve) => setTimeout(() => resolve('done'), 300)),
})

const flaky = asset({
  key: 'flaky',
  retries: { max: 3, delay: 20 },
  materialize: (_, { attempt }) => {
    if (attempt < 4) throw new Error(`attempt ${attempt} went wrong`)
    return attempt
  },
})
const flakyForEver = asset({
  key: 'flaky_for_ever',
  retries: { max: 2, delay: 20, backoff: 'linear' },
  materialize: (_, { attempt }): number => {
    throw new Error(`attempt ${attempt} went wrong`)
  },
})
const refused = asset({
  key: 'refused',
  retries: { max: 5 },
  materialize: (): number => {
    throw new Failure('the file is damaged', { retryable: false, metadata: { file: MetadataValue.path('orders.csv'), line: 7 } })
  },
})
const unstorable = asset({
  key: 'unstorable',
  retries: { max: 5 },
  materialize: () => ({ rows: [1, { convert: () => 1 }] }),
})
const throwsNoError = asset({
  key: 'throws_no_error',
  materialize: (): number => {
    // oxlint-disable-next-line typescript/only-throw-error -- users do
    throw 'just a text'
  },
})

const tooSlow = asset({
  key: 'too_slow',
  timeout: 200,
  retries: { max: 1 },
  materialize: (_, { signal }) =>
    new Promise<number>((_resolve, reject) => {
      signal.addEventListener('abort', () => reject(new Error('stopped half-way')), { once: true })
    }),
})
const tooSlowOnce = asset({
  key: 'too_slow_once',
  timeout: 200,
  retries: { max: 1 },
  materialize: (_, { signal, attempt }) =>
    attempt > 1
      ? attempt
      : new Promise<number>((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error))),
})
const deaf = asset({ key: 'deaf', timeout: 200, materialize: () => new Promise<number>(() => undefined) })

const all = definitions({
  assets: [
    source,
    doubled,
    total,
    left,
    right,
    broken,
    afterBroken,
    farBehindBroken,
    slowBranch,
    flaky,
    flakyForEver,
    refused,
    unstorable,
    throwsNoError,
    tooSlow,
    tooSlowOnce,
    deaf,
  ],
})

const counted = ['counted/first', 'counted/second'] as const
const countedFirst = asset({ key: counted[0], materialize: () => called(counted[0]) })
const countedSecond = asset({ key: counted[1], deps: [countedFirst], materialize: () => called(counted[1]) })
const countedDefinitions = definitions({ assets: [countedFirst, countedSecond] })
const countedLocation = `${codeLocation}-counted`

let stack: DurableStack

beforeAll(async () => {
  stack = await DurableStack.start(codeLocation)
  await stack.startWorker(all)
  await stack.startWorker(countedDefinitions, { codeLocation: countedLocation })
})
afterAll(() => stack.stop())

describe.concurrent('a run', () => {
  it('materializes each asset after those it reads, and records each once', async () => {
    const { run, statuses, materializations, events, failure } = await stack.runToEnd('+total')
    expect(failure).toBeUndefined()
    expect(await stack.storedFiles('total')).toHaveLength(1)
    expect(run.status).toBe('SUCCESS')
    expect(statuses).toEqual({ source: 'SUCCESS', doubled: 'SUCCESS', total: 'SUCCESS' })
    expect(materializations.map((each) => each.assetKey)).toEqual(['source', 'doubled', 'total'])
    expect(materializations[2]).toMatchObject({ dataVersion: 'v1', metadata: { rows: { value: 6 } } })
    expect(events.map((event) => event.seq)).toEqual(events.map((_event, index) => index + 1))
    expect(events.map((event) => event.type)).toEqual([
      'RUN_QUEUED',
      'RUN_STARTED',
      'STEP_START',
      'ASSET_MATERIALIZATION',
      'STEP_START',
      'ASSET_MATERIALIZATION',
      'STEP_START',
      'ASSET_MATERIALIZATION',
      'RUN_SUCCESS',
    ])
  })

  it('runs independent branches side by side', async () => {
    const { run, materialized } = await stack.runToEnd('source or key:"sides/*"')
    expect(run.status).toBe('SUCCESS')
    expect(materialized).toEqual(['sides/left', 'sides/right', 'source'])
  })

  it('skips what depends on a failed step and nothing else, and ends as FAILURE in both places', async () => {
    const { run, statuses, step, materialized, failure } = await stack.runToEnd('broken+ or source or doubled or slow_branch')
    expect(run).toMatchObject({ status: 'FAILURE', endReason: null })
    expect(statuses).toEqual({
      broken: 'FAILURE',
      after_broken: 'SKIPPED',
      far_behind_broken: 'SKIPPED',
      source: 'SUCCESS',
      doubled: 'SUCCESS',
      slow_branch: 'SUCCESS',
    })
    expect(step('after_broken').because).toBe('broken')
    expect(step('far_behind_broken').because).toBe('broken')
    expect(materialized).toEqual(['doubled', 'slow_branch', 'source'])
    expect([calls.get('after_broken'), calls.get('far_behind_broken')]).toEqual([undefined, undefined])
    expect((await stack.workflow(run.runId).describe()).status.name).toBe('FAILED')
    expect(failure?.cause).toBeInstanceOf(ApplicationFailure)
    expect(failure?.cause?.message).toBe('1 of 6 steps failed: broken; 2 skipped')
  })

  it('records what was thrown: message, cause, and a stack with the frame of the user', async () => {
    const { step, eventsOf } = await stack.runToEnd('broken')
    const { error } = step('broken')
    expect(error).toMatchObject({ name: 'TypeError', message: 'no such table', code: null, cause: { message: 'the disk is full' } })
    expect(error?.stack).toContain('run-outcomes.test.ts')
    expect(eventsOf('STEP_FAILURE')[0]?.data).toMatchObject({ error: { message: 'no such table' } })
    const [latest] = await stack.store.materializations.latest(['broken'])
    expect(latest).toMatchObject({ status: 'FAILED', lastMaterialization: null })
  })

  it('takes as error what is none', async () => {
    const { step } = await stack.runToEnd('throws_no_error')
    expect(step('throws_no_error')).toMatchObject({ status: 'FAILURE', error: { message: 'just a text', stack: null } })
  })
})

describe.concurrent('a step whose code throws', () => {
  it('is tried again as its policy says, each time later', async () => {
    const { run, story, eventsOf, step } = await stack.runToEnd('flaky')
    expect(run.status).toBe('SUCCESS')
    expect(story('flaky')).toEqual([
      'STEP_START 1',
      'STEP_UP_FOR_RETRY 1',
      'STEP_START 2',
      'STEP_UP_FOR_RETRY 2',
      'STEP_START 3',
      'STEP_UP_FOR_RETRY 3',
      'STEP_START 4',
      'ASSET_MATERIALIZATION 4',
    ])
    expect(eventsOf('STEP_UP_FOR_RETRY').map((event) => event.data)).toMatchObject([
      { retryInMs: 20, error: { message: 'attempt 1 went wrong' } },
      { retryInMs: 40, error: { message: 'attempt 2 went wrong' } },
      { retryInMs: 80, error: { message: 'attempt 3 went wrong' } },
    ])
    expect(step('flaky')).toMatchObject({ failures: 3, losses: 0, error: null })
  })

  it('fails when its policy has no try left, with the error of the last', async () => {
    const { run, story, eventsOf, step } = await stack.runToEnd('flaky_for_ever')
    expect(run.status).toBe('FAILURE')
    expect(story('flaky_for_ever')).toEqual([
      'STEP_START 1',
      'STEP_UP_FOR_RETRY 1',
      'STEP_START 2',
      'STEP_UP_FOR_RETRY 2',
      'STEP_START 3',
      'STEP_FAILURE 3',
    ])
    expect(eventsOf('STEP_UP_FOR_RETRY').map((event) => event.data['retryInMs'])).toEqual([20, 40])
    expect(step('flaky_for_ever')).toMatchObject({ failures: 3, error: { message: 'attempt 3 went wrong' } })
  })

  it('is not tried again after a Failure that says so, whose metadata are kept', async () => {
    const { story, step } = await stack.runToEnd('refused')
    expect(story('refused')).toEqual(['STEP_START 1', 'STEP_FAILURE 1'])
    expect(step('refused').error).toMatchObject({
      name: 'Failure',
      message: 'the file is damaged',
      metadata: { file: { type: 'path', value: 'orders.csv' }, line: { value: 7 } },
    })
  })

  it('is not tried again for a value that can not be stored: asset and place are named, nothing is recorded, no file is left', async () => {
    const { story, step, materializations } = await stack.runToEnd('unstorable')
    expect(story('unstorable')).toEqual(['STEP_START 1', 'STEP_FAILURE 1'])
    const { error } = step('unstorable')
    expect(error?.code).toBe('VALUE_NOT_STORABLE')
    expect(error?.message).toContain('asset "unstorable"')
    expect(error?.message).toContain('value.rows[1].convert')
    expect(materializations).toEqual([])
    expect(await stack.storedFiles('unstorable')).toEqual([])
  })
})

describe.concurrent('a step that takes longer than its timeout', () => {
  it('fails as timed out each time, which counts against its retries', async () => {
    const { run, story, eventsOf, step } = await stack.runToEnd('too_slow')
    expect(run.status).toBe('FAILURE')
    expect(story('too_slow')).toEqual(['STEP_START 1', 'STEP_UP_FOR_RETRY 1', 'STEP_START 2', 'STEP_FAILURE 2'])
    expect(eventsOf('STEP_UP_FOR_RETRY')[0]?.data).toMatchObject({ error: { code: 'STEP_TIMED_OUT' } })
    expect(step('too_slow')).toMatchObject({ failures: 2, losses: 0, error: { code: 'STEP_TIMED_OUT' } })
    expect(step('too_slow').error?.message).toContain('longer than its timeout of 200 ms')
  })

  it('may still succeed when it is tried again', async () => {
    const { run, story } = await stack.runToEnd('too_slow_once')
    expect(run.status).toBe('SUCCESS')
    expect(story('too_slow_once')).toEqual(['STEP_START 1', 'STEP_UP_FOR_RETRY 1', 'STEP_START 2', 'ASSET_MATERIALIZATION 2'])
  })

  it('is left behind where it does not listen', async () => {
    const { story, step } = await stack.runToEnd('deaf')
    expect(story('deaf')).toEqual(['STEP_START 1', 'STEP_FAILURE 1'])
    expect(step('deaf').error?.code).toBe('STEP_TIMED_OUT')
  })
})

describe('a step that was recorded before its activity is tried again', () => {
  it('keeps its record and is not called again', async () => {
    const run = await stack.recordRun(countedDefinitions, { codeLocation: countedLocation, assetKeys: counted })
    const first = { runId: run.runId, stepKey: counted[0] }
    const claim = await stack.store.steps.start({
      ...first,
      kind: 'materialize',
      assetKey: counted[0],
      attempt: 1,
      worker: 'one that is gone',
    })
    if (claim.kind !== 'claimed') throw new Error('not claimed')
    const facts = { partitionKey: null, metadata: {}, tags: {}, codeVersion: null, dataVersion: 'recorded before', inputVersions: null }
    await stack.store.steps.succeeded({ ...first, fence: claim.fence }, { materializations: [{ assetKey: counted[0], ...facts }] })

    await startRunWorkflow(stack.client, stack.store, run, { again: true })
    const { run: ended, story, materializations } = await stack.ended(run.runId)
    expect(ended.status).toBe('SUCCESS')
    expect(story(counted[0])).toEqual(['STEP_START 1', 'ASSET_MATERIALIZATION 1'])
    expect(materializations.map((each) => [each.assetKey, each.dataVersion])).toEqual([
      [counted[0], 'recorded before'],
      [counted[1], expect.stringMatching(/^[0-9a-f]{32}$/)],
    ])
    expect(calls.get(counted[0])).toBeUndefined()
    expect(calls.get(counted[1])).toBe(1)
  })

  it('stays failed where it had failed', async () => {
    calls.clear()
    const run = await stack.recordRun(countedDefinitions, { codeLocation: countedLocation, assetKeys: counted })
    const first = { runId: run.runId, stepKey: counted[0] }
    const claim = await stack.store.steps.start({
      ...first,
      kind: 'materialize',
      assetKey: counted[0],
      attempt: 1,
      worker: 'one that is gone',
    })
    if (claim.kind !== 'claimed') throw new Error('not claimed')
    const error = { name: 'Error', message: 'the table is gone', stack: null, code: null, metadata: null, cause: null }
    await stack.store.steps.failed({ ...first, fence: claim.fence }, error, null)

    await startRunWorkflow(stack.client, stack.store, run, { again: true })
    const { run: ended, statuses, step } = await stack.ended(run.runId)
    expect(ended.status).toBe('FAILURE')
    expect(statuses).toEqual({ [counted[0]]: 'FAILURE', [counted[1]]: 'SKIPPED' })
    expect(step(counted[0]).error?.message).toBe('the table is gone')
    expect(calls.size).toBe(0)
  })

  it("keeps its record also where somebody resets the run's workflow in Temporal", async () => {
    const { run } = await stack.runToEnd({ codeLocation: countedLocation, selection: '*' })
    calls.clear()
    const { events } = await stack.workflow(run.runId).fetchHistory()
    const firstTask = events?.find((event) => event.workflowTaskCompletedEventAttributes)
    const reset = await stack.client.workflowService.resetWorkflowExecution({
      namespace: stack.client.options.namespace,
      workflowExecution: { workflowId: runWorkflowId(run.runId) },
      workflowTaskFinishEventId: firstTask?.eventId ?? null,
      requestId: crypto.randomUUID(),
      reason: 'somebody wondered',
    })
    const again = await stack.ended(run.runId)
    expect((await stack.workflow(run.runId).describe()).runId).toBe(reset.runId)
    expect(again.failure).toBeUndefined()
    expect(again.story(counted[0])).toEqual(['STEP_START 1', 'ASSET_MATERIALIZATION 1'])
    expect(again.materialized).toEqual([...counted])
    expect(calls.size).toBe(0)
  })
})
