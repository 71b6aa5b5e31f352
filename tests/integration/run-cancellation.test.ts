import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { asset } from '../../definitions/asset.ts'
import { definitions } from '../../definitions/definitions.ts'
import { isAssetryError } from '../../definitions/errors.ts'
import { snapshotOf } from '../../planning/snapshot-of.ts'
import { inlineStepLimit } from '../../workflows/run-input.ts'
import { DurableStack, Gate } from '../durable-stack.ts'

const codeLocation = 'run-cancellation'

const calls: string[] = []

const listeningRuns = new Gate()
const signals: AbortSignal[] = []
const listening = asset({
  key: 'listening',
  materialize: (_, { signal }) => {
    signals.push(signal)
    listeningRuns.open()
    return new Promise<number>((_resolve, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true })
    })
  },
})
const afterListening = asset({ key: 'after_listening', deps: [listening], materialize: () => calls.push('after_listening') })

const deafRuns = new Gate()
const deafMayReturn = new Gate()
const deafReturned = new Gate()
const deaf = asset({
  key: 'deaf',
  materialize: async () => {
    deafRuns.open()
    await deafMayReturn.opened
    setTimeout(() => deafReturned.open(), 200)
    return 'too late'
  },
})
const afterDeaf = asset({ key: 'after_deaf', deps: [deaf], materialize: () => calls.push('after_deaf') })

const waiting = asset({
  key: 'waiting',
  retries: { max: 1, delay: '1 hour' },
  materialize: (): number => {
    throw new Error('try again in an hour')
  },
})
const quick = asset({ key: 'quick', materialize: () => 1 })

const unattended = asset({ key: 'unattended', materialize: () => calls.push('unattended') })
const crowd = Array.from({ length: inlineStepLimit + 1 }, (_, index) =>
  asset({ key: `crowd/a${index}`, materialize: () => calls.push('crowd') }),
)

const all = definitions({ assets: [listening, afterListening, deaf, afterDeaf, waiting, quick] })
const without = definitions({ assets: [unattended, ...crowd] })
const withoutWorker = `${codeLocation}-without-worker`

let stack: DurableStack

beforeAll(async () => {
  stack = await DurableStack.start(codeLocation)
  await stack.startWorker(all)
})
afterAll(() => stack.stop())

const codeOf = (error: unknown): string => (isAssetryError(error) ? error.code : String(error))

describe.concurrent('cancelling a run', () => {
  it('fires the signal of the running function, records nothing of it, and starts no step after it', async () => {
    const runId = await stack.launch('listening+')
    await listeningRuns.opened
    expect(await stack.launcher.cancel(runId)).toBe('CANCELING')
    const { run, statuses, story, materializations, eventsOf } = await stack.ended(runId)
    expect(signals.map((signal) => signal.aborted)).toEqual([true])
    expect(run.status).toBe('CANCELED')
    expect(statuses).toEqual({ listening: 'CANCELED' })
    expect(story('listening')).toEqual(['STEP_START 1', 'STEP_CANCELED 1'])
    expect(materializations).toEqual([])
    expect(calls).not.toContain('after_listening')
    expect(eventsOf('RUN_CANCELING')).toHaveLength(1)
    expect((await stack.workflow(runId).describe()).status.name).toBe('CANCELLED')
  })

  it('leaves a function that ignores its signal behind; what it returns later is neither stored nor recorded', async () => {
    const runId = await stack.launch('deaf+')
    await deafRuns.opened
    await stack.launcher.cancel(runId)
    expect((await stack.ended(runId)).run.status).toBe('CANCELED')
    deafMayReturn.open()
    await deafReturned.opened
    const { statuses, story, materializations } = await stack.record(runId)
    expect(statuses).toEqual({ deaf: 'CANCELED' })
    expect(story('deaf')).toEqual(['STEP_START 1', 'STEP_CANCELED 1'])
    expect(materializations).toEqual([])
    expect(await stack.storedFiles('deaf')).toEqual([])
    expect(calls).not.toContain('after_deaf')
  })

  it('does not wait for the next try of a step', async () => {
    const runId = await stack.launch('waiting or quick')
    await expect
      .poll(async () => (await stack.record(runId)).statuses, { timeout: 20_000 })
      .toEqual({ waiting: 'UP_FOR_RETRY', quick: 'SUCCESS' })
    await stack.launcher.cancel(runId)
    const { run, statuses } = await stack.ended(runId)
    expect(run.status).toBe('CANCELED')
    expect(statuses).toEqual({ waiting: 'CANCELED', quick: 'SUCCESS' })
  })

  it('is refused where the run has ended, and where there is none', async () => {
    const { run } = await stack.runToEnd('quick')
    expect(await stack.launcher.cancel(run.runId).catch(codeOf)).toBe('RUN_ENDED')
    expect(await stack.launcher.cancel('no-such-run').catch(codeOf)).toBe('UNKNOWN_RUN')
    expect((await stack.record(run.runId)).run.status).toBe('SUCCESS')
  })
})

describe('cancelling a run before there is a worker', () => {
  it('ends it as soon as there is one, whatever the size of the plan, and no step is started', async () => {
    await stack.store.codeLocations.register(withoutWorker, await snapshotOf(without))
    const small = await stack.launch({ codeLocation: withoutWorker, selection: 'unattended' })
    const large = await stack.launch({ codeLocation: withoutWorker, selection: 'key:"crowd/*"' })
    expect(await stack.launcher.cancel(small)).toBe('CANCELING')
    expect(await stack.launcher.cancel(large)).toBe('CANCELING')
    // Asking again changes nothing.
    expect(await stack.launcher.cancel(small)).toBe('CANCELING')

    await stack.startWorker(without, { codeLocation: withoutWorker })
    for (const runId of [small, large]) {
      const { run, steps, events } = await stack.ended(runId)
      expect(run.status).toBe('CANCELED')
      expect(run.endReason).toBeNull()
      expect(steps).toEqual([])
      expect(events.map((event) => event.type)).toEqual(['RUN_QUEUED', 'RUN_CANCELING', 'RUN_CANCELED'])
    }
    expect(calls).toEqual([])
  })
})
