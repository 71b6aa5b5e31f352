import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { hostname } from 'node:os'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { asset } from '../../definitions/asset.ts'
import { definitions } from '../../definitions/definitions.ts'
import { giveBackSteps } from '../../temporal/lost-worker.ts'
import { startRunWorkflow } from '../../temporal/run-workflow.ts'
import { assetryCommand, until } from '../dev-server.ts'
import { DurableStack, Gate } from '../durable-stack.ts'

const codeLocation = 'run-worker-loss'
const hanging = fileURLToPath(new URL('../fixtures/hanging/definitions.ts', import.meta.url))

let stack: DurableStack
let doomed: ChildProcess | undefined

beforeAll(async () => {
  stack = await DurableStack.start(codeLocation)
})
afterAll(async () => {
  doomed?.kill('SIGKILL')
  await stack.stop()
})

/** `assetry worker` in a process of its own. */
function startDoomedWorker(): ChildProcess {
  return spawn(process.execPath, [assetryCommand, 'worker', '-f', hanging, '--code-location', codeLocation], {
    env: { ...process.env, DATABASE_URL: stack.storeUrl, TEMPORAL_ADDRESS: inject('temporalAddress') },
    stdio: 'ignore',
  })
}

/** Keys of the steps whose heartbeat has reached Temporal. */
async function beating(runId: string): Promise<readonly string[]> {
  const { raw } = await stack.workflow(runId).describe()
  return (raw.pendingActivities ?? []).filter((each) => each.heartbeatDetails?.payloads?.length).map((each) => each.activityId ?? '')
}

/** The record once `step` has that status. */
function reached(runId: string, step: string, status: string): Promise<string> {
  return until(async () => {
    const found = (await stack.record(runId)).statuses[step]
    return found === status ? found : undefined
  })
}

describe('a worker that is killed', () => {
  it('takes no step down: another worker goes on where the last heartbeat was, and nothing counts as failure', async () => {
    doomed = startDoomedWorker()
    await until(async () => ((await stack.store.codeLocations.list()).length > 0 ? true : undefined))
    const runId = await stack.launch('*')
    await until(async () => ((await beating(runId)).length === 2 ? true : undefined))
    doomed.kill('SIGKILL')
    await once(doomed, 'exit')

    const seen: unknown[] = []
    const survivor = definitions({
      assets: ['soon_missed', 'long_not_missed'].map((key) =>
        asset({ key, materialize: (_, { attempt, lastHeartbeat }) => void seen.push({ key, attempt, lastHeartbeat }) }),
      ),
    })
    await stack.startWorker(survivor)
    await reached(runId, 'soon_missed', 'SUCCESS')
    expect((await stack.record(runId)).statuses).toEqual({ soon_missed: 'SUCCESS', long_not_missed: 'STARTED' })

    // Who knows that the process is dead need not wait for the heartbeat that is missed in an hour.
    expect(await giveBackSteps(stack, `${process.pid}@${hostname()}`)).toBe(0)
    expect(await giveBackSteps(stack, `${doomed.pid}@${hostname()}`)).toBe(1)
    const { run, story, step, eventsOf } = await stack.ended(runId)
    expect(run.status).toBe('SUCCESS')
    for (const key of ['soon_missed', 'long_not_missed']) {
      expect(story(key)).toEqual(['STEP_START 1', 'STEP_WORKER_LOST 1', 'STEP_START 2', 'ASSET_MATERIALIZATION 2'])
      expect(step(key)).toMatchObject({ failures: 0, losses: 1, error: null })
    }
    expect(eventsOf('STEP_WORKER_LOST').map((event) => event.data)).toEqual(
      Array.from({ length: 2 }, () => ({ worker: `${doomed?.pid}@${hostname()}`, losses: 1 })),
    )
    expect(seen).toEqual([
      { key: 'soon_missed', attempt: 2, lastHeartbeat: { row: 7 } },
      { key: 'long_not_missed', attempt: 2, lastHeartbeat: { row: 7 } },
    ])
  })
})

describe('a step that takes its worker down each time', () => {
  const location = `${codeLocation}-each-time`
  const calls: string[] = []
  const all = definitions({
    assets: [
      asset({ key: 'often_lost', materialize: () => calls.push('often_lost') }),
      asset({ key: 'too_often_lost', retries: { max: 3 }, materialize: () => calls.push('too_often_lost') }),
    ],
  })

  /** Begins the step as a worker does that then dies, so many times. */
  async function lose(runId: string, key: string, times: number): Promise<void> {
    for (let attempt = 1; attempt <= times; attempt += 1)
      await stack.store.steps.start({ runId, stepKey: key, kind: 'materialize', assetKey: key, attempt, worker: `worker ${attempt}` })
  }

  it('fails after the eleventh time with the count in the message, without being called again', async () => {
    const run = await stack.recordRun(all, { codeLocation: location, assetKeys: ['often_lost', 'too_often_lost'] })
    await lose(run.runId, 'often_lost', 10)
    await lose(run.runId, 'too_often_lost', 11)
    await stack.startWorker(all, { codeLocation: location })
    await startRunWorkflow(stack.client, stack.store, run, { again: true })

    const { run: ended, statuses, step, story } = await stack.ended(run.runId)
    expect(ended.status).toBe('FAILURE')
    expect(statuses).toEqual({ often_lost: 'SUCCESS', too_often_lost: 'FAILURE' })
    expect(step('often_lost')).toMatchObject({ failures: 0, losses: 10 })
    expect(step('too_often_lost')).toMatchObject({ losses: 11, error: { code: 'WORKER_LOST' } })
    expect(step('too_often_lost').error?.message).toContain('Step "too_often_lost" lost its worker 11 times')
    expect(story('too_often_lost').at(-1)).toBe('STEP_FAILURE 1')
    expect(calls).toEqual(['often_lost'])
  })
})

describe('an attempt that another one has fenced off', () => {
  const location = `${codeLocation}-overlap`
  const runs = { asked: new Gate(), unasked: new Gate() }
  const first = { asked: new Gate(), unasked: new Gate() }
  const second = { asked: new Gate(), unasked: new Gate() }

  function overlapping(name: 'asked' | 'unasked', heartbeatTimeout: string) {
    return asset({
      key: name,
      heartbeatTimeout: heartbeatTimeout as '1 second',
      materialize: async (_, { attempt }) => {
        if (attempt > 1) await second[name].opened
        else {
          runs[name].open()
          await first[name].opened
        }
        return `attempt ${attempt}`
      },
    })
  }

  const all = definitions({ assets: [overlapping('asked', '1 second'), overlapping('unasked', '1 hour')] })
  beforeAll(() => stack.startWorker(all, { codeLocation: location }))

  /** Claims the step as another worker does that believes the first one to be lost; then lets the first attempt end. */
  async function overlap(name: 'asked' | 'unasked'): Promise<string> {
    const runId = await stack.launch({ codeLocation: location, selection: name })
    await runs[name].opened
    await reached(runId, name, 'STARTED')
    await stack.store.steps.start({ runId, stepKey: name, kind: 'materialize', assetKey: name, attempt: 9, worker: 'another' })
    return runId
  }

  it('may not save, where it is old enough to have been missed', async () => {
    const runId = await overlap('asked')
    // Half of the heartbeat timeout, from which on an attempt asks before it writes.
    await wait(600)
    first.asked.open()
    await until(async () => ((await stack.record(runId)).story('asked').includes('STEP_START 2') ? true : undefined))
    expect(await stack.storedFiles('asked')).toEqual([])

    second.asked.open()
    const { run, story, step } = await stack.ended(runId)
    expect(run.status).toBe('SUCCESS')
    expect(await stack.storedFiles('asked')).toHaveLength(1)
    expect(story('asked')).toEqual([
      'STEP_START 1',
      'STEP_WORKER_LOST 1',
      'STEP_START 9',
      'STEP_WORKER_LOST 9',
      'STEP_START 2',
      'ASSET_MATERIALIZATION 2',
    ])
    expect(step('asked').failures).toBe(0)
  })

  it('may not record in any case', async () => {
    const runId = await overlap('unasked')
    first.unasked.open()
    await until(async () => ((await stack.record(runId)).story('unasked').includes('STEP_START 2') ? true : undefined))
    expect((await stack.record(runId)).materializations).toEqual([])

    second.unasked.open()
    const { run, story, step } = await stack.ended(runId)
    expect(run.status).toBe('SUCCESS')
    expect(story('unasked').at(-1)).toBe('ASSET_MATERIALIZATION 2')
    expect(story('unasked').filter((each) => each.startsWith('ASSET_MATERIALIZATION'))).toHaveLength(1)
    expect(step('unasked').failures).toBe(0)
  })
})

describe('a worker that shuts down', () => {
  const location = `${codeLocation}-shutdown`
  const running = new Gate()
  const mayEnd = new Gate()
  const signals: AbortSignal[] = []
  const all = definitions({
    assets: [
      asset({
        key: 'handed_on',
        materialize: (_, { signal, attempt }) => {
          if (attempt > 1) return attempt
          signals.push(signal)
          running.open()
          return new Promise<number>((_resolve, reject) => signal.addEventListener('abort', () => reject(new Error('stopped'))))
        },
      }),
      asset({
        key: 'just_in_time',
        materialize: async () => {
          await mayEnd.opened
          return 1
        },
      }),
      asset({ key: 'after', deps: ['handed_on', 'just_in_time'], materialize: () => 2 }),
    ],
  })

  it('lets steps end that are quick, and gives the others back, which counts neither as failure nor as loss', async () => {
    const first = await stack.startWorker(all, { codeLocation: location })
    const runId = await stack.launch({ codeLocation: location, selection: '*' })
    await running.opened
    await reached(runId, 'just_in_time', 'STARTED')
    const ended = first.shutdown()
    mayEnd.open()
    await ended
    expect(signals[0]?.aborted).toBe(true)
    expect((await stack.record(runId)).statuses).toEqual({ handed_on: 'UP_FOR_RETRY', just_in_time: 'SUCCESS' })

    await stack.startWorker(all, { codeLocation: location })
    const { run, story, step, eventsOf } = await stack.ended(runId)
    expect(run.status).toBe('SUCCESS')
    expect(story('handed_on')).toEqual(['STEP_START 1', 'STEP_REQUEUED 1', 'STEP_START 2', 'ASSET_MATERIALIZATION 2'])
    expect(eventsOf('STEP_REQUEUED')[0]?.data).toEqual({ reason: 'the worker shut down' })
    expect(story('just_in_time')).toEqual(['STEP_START 1', 'ASSET_MATERIALIZATION 1'])
    expect(step('handed_on')).toMatchObject({ failures: 0, losses: 0, error: null })
  })
})
