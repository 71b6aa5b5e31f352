import { fileURLToPath } from 'node:url'
import { Client, Connection, WorkflowFailedError } from '@temporalio/client'
import { ApplicationFailure } from '@temporalio/common'
import { NativeConnection, Worker } from '@temporalio/worker'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { forwardTemporalLog } from '../../cli/temporal-log.ts'
import type { PlanOutput, PlanStep, StepOutputs } from '../../planning/run-plan.ts'
import type { RunActivities, RunEnd, StepActivities, StepReference, StepResult } from '../../workflows/activity-contract.ts'
import { runWorkflowId, runWorkflowType, stepFailedType } from '../../workflows/names.ts'
import type { RunInput } from '../../workflows/run-input.ts'
import { Gate } from '../durable-stack.ts'

/**
 * The `run` workflow on a real server, with plans of mapped steps whose activities are plain functions: what it asks for, in
 * which order, and that each of its executions can be replayed.
 */

const taskQueue = 'run-workflow-dynamic'
const workflowBundle = { codePath: fileURLToPath(new URL('../../dist/workflow-bundle.js', import.meta.url)) }

/** A run as its activities see it: what a step gives follows from its key; one without outputs fails. */
class ScriptedRun {
  readonly runId = crypto.randomUUID()
  readonly plan: readonly PlanStep[]
  readonly started: StepReference[] = []
  readonly outputs = new Map<string, StepOutputs>()
  readonly ends: RunEnd[] = []
  readonly loaded: string[] = []
  readonly #script: (step: StepReference) => StepOutputs | undefined | Promise<StepOutputs>

  constructor(plan: readonly PlanStep[], script: (step: StepReference) => StepOutputs | undefined | Promise<StepOutputs>) {
    this.plan = plan
    this.#script = script
    runs.set(this.runId, this)
  }

  async perform(step: StepReference): Promise<StepResult> {
    const known = this.outputs.get(step.stepKey)
    if (known !== undefined) return { recordedBefore: true, outputs: known }
    this.started.push(step)
    const outputs = await this.#script(step)
    if (outputs === undefined) throw ApplicationFailure.nonRetryable('it broke', stepFailedType)
    this.outputs.set(step.stepKey, outputs)
    return { recordedBefore: false, outputs }
  }

  get keys(): readonly string[] {
    return this.started.map(({ stepKey }) => stepKey)
  }

  get end(): RunEnd {
    expect(this.ends).toHaveLength(1)
    return this.ends[0] as RunEnd
  }
}

const runs = new Map<string, ScriptedRun>()

function ofRun(runId: string): ScriptedRun {
  return runs.get(runId) as ScriptedRun
}

const performed = (step: StepReference): Promise<StepResult> => ofRun(step.runId).perform(step)
const activities: StepActivities & RunActivities = {
  materialize: performed,
  runOp: performed,
  checkAsset: performed,
  observe: performed,
  loadPlan: ({ runId, from, count }) => Promise.resolve(ofRun(runId).plan.slice(from, from + count)),
  loadOutputs: ({ runId, stepKeys }) => {
    ofRun(runId).loaded.push(...stepKeys)
    return Promise.resolve(stepKeys.map((key) => ofRun(runId).outputs.get(key) ?? null))
  },
  recordRunStarted: () => Promise.resolve(),
  recordRunEnded: (end) => Promise.resolve(void ofRun(end.runId).ends.push(end)),
}

let client: Client
let native: NativeConnection
let worker: RunningWorker

interface RunningWorker {
  stop(): Promise<void>
}

beforeAll(async () => {
  forwardTemporalLog(({ isError, message, fields }) => isError && console.error(message, fields))
  const address = inject('temporalAddress')
  // Histories are fetched whole, for their replay.
  const channelArgs = { 'grpc.max_receive_message_length': 64 * 1024 * 1024 }
  client = new Client({ connection: await Connection.connect({ address, channelArgs }), namespace: inject('temporalNamespace') })
  native = await NativeConnection.connect({ address })
  worker = await startWorker()
})
afterAll(async () => {
  await worker.stop()
  await native.close()
  await client.connection.close()
})

async function startWorker(): Promise<RunningWorker> {
  const started = await Worker.create({
    connection: native,
    namespace: client.options.namespace,
    taskQueue,
    workflowBundle,
    activities: { ...activities },
    maxConcurrentActivityTaskExecutions: 200,
    stickyQueueScheduleToStartTimeout: '1s',
    shutdownGraceTime: 0,
  })
  const ended = started.run()
  return {
    async stop() {
      started.shutdown()
      await ended
    },
  }
}

async function start({ runId, plan }: ScriptedRun, rest: Partial<RunInput> = { steps: plan }): Promise<void> {
  const input: RunInput = { runId, stepCount: plan.length, ...rest }
  await client.workflow.start(runWorkflowType, { workflowId: runWorkflowId(runId), taskQueue, args: [input] })
}

/** Waits for the end, and gives how many executions it took; each of them is replayed. */
async function ended({ runId }: ScriptedRun): Promise<number> {
  const workflowId = runWorkflowId(runId)
  await client.workflow
    .getHandle(workflowId)
    .result()
    .catch((error: unknown) => {
      if (!(error instanceof WorkflowFailedError)) throw error
    })
  const histories = []
  let execution: string | undefined = (await client.workflow.getHandle(workflowId).describe()).runId
  while (execution) {
    const history = await client.workflow.getHandle(workflowId, execution).fetchHistory()
    histories.push({ workflowId, history })
    execution = history.events?.[0]?.workflowExecutionStartedEventAttributes?.continuedExecutionRunId ?? undefined
  }
  for await (const { error } of Worker.runReplayHistories({ workflowBundle }, histories)) expect(error).toBeUndefined()
  return histories.length
}

async function toItsEnd(run: ScriptedRun): Promise<number> {
  await start(run)
  return await ended(run)
}

const op = (key: string, parts: Partial<Omit<PlanStep, 'key'>> = {}): PlanStep => ({ key, kind: 'op', op: key, after: [], ...parts })
const result = (position: number): PlanOutput => [position, 'result']
const list = (...keys: readonly string[]): StepOutputs => ({ mapped: { result: keys } })
const numbered = (count: number, prefix = ''): StepOutputs => list(...Array.from({ length: count }, (_each, index) => `${prefix}${index}`))

/** list → part (for each) → total, which collects. */
const mapped: readonly PlanStep[] = [
  op('list'),
  op('part', { after: [0], inputs: [{ from: [result(0)] }], over: [result(0)] }),
  op('total', { after: [1], inputs: [{ from: [result(1)] }] }),
]

/** lists → files (for each) → row (for each of each) → sum (for each) → total */
const nested: readonly PlanStep[] = [
  op('lists'),
  op('files', { after: [0], inputs: [{ from: [result(0)] }], over: [result(0)] }),
  op('row', { after: [1], inputs: [{ from: [result(1)] }], over: [result(0), result(1)] }),
  op('sum', { after: [0, 2], inputs: [{ from: [result(2)] }], over: [result(0)] }),
  op('total', { after: [3], inputs: [{ from: [result(3)] }] }),
]

const megabyte = list(...Array.from({ length: 10_000 }, (_each, index) => `${index}`.padEnd(90, '.')))
/** Six steps that give a megabyte each, which is more than Temporal suggests for one execution; then list → part (for each) → total */
const sixLists: readonly PlanStep[] = [
  ...Array.from({ length: 6 }, (_each, index) => op(`names-${index}`)),
  op('list', { after: [0, 1, 2, 3, 4, 5] }),
  op('part', { after: [6], inputs: [{ from: [result(6)] }], over: [result(6)] }),
  op('total', { after: [7], inputs: [{ from: [result(7)] }] }),
]

describe('a run of mapped steps', () => {
  it('does 2,000 of them, each once, and what collects them last, also where its history is full before that', async () => {
    const run = new ScriptedRun(mapped, ({ stepKey }) => (stepKey === 'list' ? numbered(2_000, 'file-') : {}))
    expect(await toItsEnd(run)).toBeGreaterThan(1)
    expect(run.keys).toHaveLength(2_002)
    expect(new Set(run.keys).size).toBe(2_002)
    expect(run.keys.at(-1)).toBe('total')
    expect(run.end).toEqual({ runId: run.runId, status: 'SUCCESS', skipped: [] })
  })

  it('says to each which element it is for', async () => {
    const run = new ScriptedRun(nested, ({ stepKey }) =>
      stepKey === 'lists' ? list('x', 'y') : list(...(stepKey === 'files[x]' ? ['a', 'b'] : [])),
    )
    await toItsEnd(run)
    expect(run.started.find(({ stepKey }) => stepKey === 'row[x,b]')).toEqual({
      runId: run.runId,
      stepKey: 'row[x,b]',
      op: 'row',
      mappingKeys: ['x', 'b'],
      first: true,
    })
    expect(run.keys.toSorted()).toEqual(['files[x]', 'files[y]', 'lists', 'row[x,a]', 'row[x,b]', 'sum[x]', 'sum[y]', 'total'])
    expect(run.keys.indexOf('sum[x]')).toBeGreaterThan(run.keys.indexOf('row[x,b]'))
    expect(run.end.status).toBe('SUCCESS')
  })

  it('of an empty list does nothing for it, and goes on with what collects', async () => {
    const run = new ScriptedRun(mapped, () => list())
    await toItsEnd(run)
    expect(run.keys).toEqual(['list', 'total'])
    expect(run.end).toMatchObject({ status: 'SUCCESS', skipped: [] })
  })

  it('over maps within maps knows in each execution of its workflow what they were, and does nothing twice', async () => {
    const outputs: Readonly<Record<string, StepOutputs>> = { lists: numbered(30), files: numbered(60, 'row-') }
    const run = new ScriptedRun(nested, ({ op: node }) => outputs[node ?? ''] ?? {})
    expect(await toItsEnd(run)).toBeGreaterThan(1)
    expect(run.keys).toHaveLength(1 + 30 + 30 * 60 + 30 + 1)
    expect(new Set(run.keys).size).toBe(run.keys.length)
    expect(run.end).toMatchObject({ status: 'SUCCESS', skipped: [] })
  })

  it('where one fails does all others, skips what collects them, and counts what there was', async () => {
    const run = new ScriptedRun(mapped, ({ stepKey }) => (stepKey === 'part[b]' ? undefined : list('a', 'b', 'c')))
    await start(run)
    const failure = await client.workflow
      .getHandle(runWorkflowId(run.runId))
      .result()
      .catch((error: unknown) => error)
    expect((failure as WorkflowFailedError).cause?.message).toBe('1 of 5 steps failed: part[b]; 1 skipped')
    expect(run.keys.toSorted()).toEqual(['list', 'part[a]', 'part[b]', 'part[c]'])
    expect(run.end).toEqual({
      runId: run.runId,
      status: 'FAILURE',
      skipped: [{ stepKey: 'total', because: 'part[b]', why: 'failed' }],
    })
    await ended(run)
  })

  it('succeeds where an output was left out, without what needs it', async () => {
    const outputs: Readonly<Record<string, StepOutputs>> = { list: list('a', 'b'), 'part[a]': { missing: ['result'] } }
    const run = new ScriptedRun(mapped, ({ stepKey }) => outputs[stepKey] ?? {})
    await toItsEnd(run)
    expect(run.keys).toContain('total')
    expect(run.end).toMatchObject({ status: 'SUCCESS', skipped: [] })

    const none = new ScriptedRun(mapped, ({ stepKey }) => (stepKey === 'list' ? list('a', 'b') : { missing: ['result'] }))
    await toItsEnd(none)
    expect(none.keys).not.toContain('total')
    expect(none.end).toMatchObject({ status: 'SUCCESS', skipped: [{ stepKey: 'total', because: 'part[a]', why: 'missing' }] })
  })
})

describe('a run whose worker is replaced in the middle', () => {
  it('goes on from what was mapped, and runs no step again that had ended', async () => {
    const running = new Gate()
    const mayEnd = new Gate()
    // What is lost with the worker is missed soon.
    const plan = nested.map((step) => ({ ...step, heartbeatTimeoutMs: 2_000 }))
    const run = new ScriptedRun(plan, async ({ stepKey, op: node }) => {
      if (stepKey === 'row[1,2]') {
        running.open()
        await mayEnd.opened
      }
      return node === 'lists' || node === 'files' ? numbered(3) : {}
    })
    await start(run)
    await running.opened
    const stopped = worker.stop()
    mayEnd.open()
    await stopped
    worker = await startWorker()
    await ended(run)
    expect(run.keys.toSorted()).toEqual([...new Set(run.keys)].toSorted())
    expect(run.keys).toHaveLength(1 + 3 + 9 + 3 + 1)
    expect(run.end.status).toBe('SUCCESS')
  })
})

describe('what would not fit into one message', () => {
  it('keys of lists of more than half a megabyte are read again by the next execution', async () => {
    const long = (name: string): readonly string[] => Array.from({ length: 2_000 }, (_each, index) => `${name}-${index}`.padEnd(100, '.'))
    const lists: StepOutputs = { mapped: { result: long('file'), names: long('name'), sizes: long('size') } }
    const run = new ScriptedRun(mapped, ({ stepKey }) => (stepKey === 'list' ? lists : {}))
    expect(await toItsEnd(run)).toBeGreaterThan(1)
    expect(run.loaded).toContain('list')
    expect(run.keys).toHaveLength(2_002)
    expect(new Set(run.keys).size).toBe(2_002)
    expect(run.end.status).toBe('SUCCESS')
  })

  it('10,000 steps with long keys that are skipped at once are all told', async () => {
    const asset = 'a'.repeat(255)
    const plan = [op('broken'), op('list', { after: [] }), op('part', { asset, after: [0, 1], over: [result(1)] })]
    const keys = Array.from({ length: 10_000 }, (_each, index) => `${index}`.padEnd(90, '.'))
    const failed = new Gate()
    const run = new ScriptedRun(plan, async ({ stepKey }) => {
      if (stepKey === 'list') {
        await failed.opened
        return list(...keys)
      }
      failed.open()
      throw ApplicationFailure.nonRetryable('it broke', stepFailedType)
    })
    await toItsEnd(run)
    expect(run.keys.toSorted()).toEqual(['broken', 'list'])
    expect(run.end.skipped).toHaveLength(10_000)
    expect(run.end.skipped[0]).toEqual({ stepKey: `part[${keys[0]}]`, assetKey: asset, because: 'broken', why: 'failed' })
  })

  it('a plan of more than what Temporal suggests as a history is run: each execution does some of it', async () => {
    const after = Array.from({ length: 750 }, () => 0)
    const plan = [op('first'), ...Array.from({ length: 3_000 }, (_each, index) => op(`behind-${index}`, { after }))]
    const run = new ScriptedRun(plan, () => undefined)
    await start(run, {})
    await ended(run)
    expect(run.keys).toEqual(['first'])
    expect(run.end.skipped).toHaveLength(3_000)
  })

  it('keys of six lists of a megabyte each are read again one list at a time', async () => {
    const run = new ScriptedRun(sixLists, ({ stepKey }) => (stepKey.startsWith('names') ? megabyte : numbered(3)))
    expect(await toItsEnd(run)).toBeGreaterThan(1)
    expect(run.loaded.toSorted()).toEqual(sixLists.slice(0, 6).map(({ key }) => key))
    expect(run.keys.slice(6).toSorted()).toEqual(['list', 'part[0]', 'part[1]', 'part[2]', 'total'])
    expect(run.end.status).toBe('SUCCESS')
  })

  it.each([450, 2_000])('a step whose key has %i characters is run', async (length) => {
    const key = 'deep.'.repeat(length / 5)
    const run = new ScriptedRun([op('list'), op(key, { after: [0], over: [result(0)] })], ({ stepKey }) =>
      stepKey === 'list' ? list('a', 'b') : {},
    )
    await toItsEnd(run)
    expect(run.keys.toSorted()).toEqual([`${key}[a]`, `${key}[b]`, 'list'])
    expect(run.end.status).toBe('SUCCESS')
  })
})

it('each kind of step is asked for by its own activity', async () => {
  const kinds: readonly PlanStep[] = [
    { key: 'source', kind: 'observe', asset: 'source', after: [] },
    { key: 'plain', asset: 'plain', after: [0] },
    { key: 'several', assets: ['one', 'two'], after: [0] },
    { key: 'plain:sound', kind: 'check', asset: 'plain', check: 'sound', after: [1] },
    { key: 'made.first', kind: 'op', asset: 'made', op: 'first', after: [3] },
  ]
  const run = new ScriptedRun(kinds, () => ({}))
  await toItsEnd(run)
  const { events } = await client.workflow.getHandle(runWorkflowId(run.runId)).fetchHistory()
  const scheduled = events?.flatMap(({ activityTaskScheduledEventAttributes: each }) =>
    each ? [`${each.activityId} ${each.activityType?.name}`] : [],
  )
  expect(scheduled).toEqual(['source observe', 'plain materialize', 'several materialize', 'plain:sound checkAsset', 'made.first runOp'])
  const { runId } = run
  const started = run.started.toSorted((one, other) => (one.stepKey < other.stepKey ? -1 : 1))
  expect(started).toEqual([
    { runId, stepKey: 'made.first', assetKey: 'made', op: 'first', first: true },
    { runId, stepKey: 'plain', assetKey: 'plain', first: true },
    { runId, stepKey: 'plain:sound', assetKey: 'plain', check: 'sound', first: true },
    { runId, stepKey: 'several', assetKeys: ['one', 'two'], first: true },
    { runId, stepKey: 'source', assetKey: 'source', first: true },
  ])
})
