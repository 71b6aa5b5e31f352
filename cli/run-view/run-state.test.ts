import { describe, expect, it } from 'vitest'
import type { RunEvent } from '../../client/index.ts'
import { RunState } from './run-state.ts'

const run = { status: 'QUEUED', stepCount: 3, assetKeys: ['a', 'b', 'c'] } as const
let seq = 0

function event(type: RunEvent['type'], stepKey: string | null, second: number, data: RunEvent['data'] = {}): RunEvent {
  seq += 1
  const time = new Date(Date.UTC(2026, 0, 1, 0, 0, second)).toISOString()
  return { seq, type, time, stepKey, assetKey: stepKey, partitionKey: null, attempt: null, data }
}

const error = { name: 'TypeError', message: 'no', stack: null, code: null, metadata: null, cause: null }

describe('RunState', () => {
  it('begins with every step waiting, in the order of the plan', () => {
    const state = new RunState(run)
    expect(state.steps.map((step) => [step.key, step.status])).toEqual([
      ['a', 'WAITING'],
      ['b', 'WAITING'],
      ['c', 'WAITING'],
    ])
  })

  it('follows a run to its end', () => {
    const state = new RunState(run)
    state.apply(event('RUN_STARTED', null, 0))
    state.apply(event('STEP_START', 'a', 1))
    state.apply(event('STEP_START', 'b', 1))
    expect(state.running.map((step) => step.key)).toEqual(['a', 'b'])
    const made = state.apply(event('ASSET_MATERIALIZATION', 'a', 3, { metadata: { rows: { type: 'int', value: 3 } } }))
    expect(made).toMatchObject({ kind: 'ended', step: { key: 'a', status: 'SUCCESS', durationMs: 2_000 } })
    expect(state.apply(event('STEP_FAILURE', 'b', 3, { error, durationMs: 1_700 }))).toMatchObject({
      kind: 'ended',
      step: { status: 'FAILURE', durationMs: 1_700, error },
    })
    state.apply(event('STEP_SKIPPED', 'c', 3, { because: 'b' }))
    state.apply(event('RUN_FAILURE', null, 4, { reason: 'because' }))
    expect(state.counts).toEqual({ all: 3, succeeded: 1, failed: 1, skipped: 1, canceled: 0, running: 0 })
    expect([state.status, state.reason]).toEqual(['FAILURE', 'because'])
  })

  it('says when a step is tried again, and does not count it as failed', () => {
    const state = new RunState(run)
    state.apply(event('STEP_START', 'a', 1))
    expect(state.apply(event('STEP_UP_FOR_RETRY', 'a', 2, { error, retryInMs: 500 }))).toMatchObject({
      kind: 'retry',
      retryInMs: 500,
      error,
    })
    expect(state.running).toEqual([])
    state.apply(event('STEP_START', 'a', 3))
    expect(state.running[0]).toMatchObject({ key: 'a', attempt: 2 })
    expect(state.counts.failed).toBe(0)
  })

  it('says when a worker was lost', () => {
    const state = new RunState(run)
    state.apply(event('STEP_START', 'a', 1))
    expect(state.apply(event('STEP_WORKER_LOST', 'a', 9))).toMatchObject({ kind: 'lost', step: { key: 'a' } })
    expect(state.running).toEqual([])
  })

  it('counts a step once, however often its end is told', () => {
    const state = new RunState(run)
    const end = event('ASSET_MATERIALIZATION', 'a', 2)
    expect(state.apply(end)).toBeDefined()
    expect(state.apply(end)).toBeUndefined()
    expect(state.counts.succeeded).toBe(1)
  })

  it('ends an op, a check and a look at an asset', () => {
    const state = new RunState({ ...run, assetKeys: [] })
    state.apply(event('STEP_START', 'clean', 1))
    expect(state.apply(event('STEP_SUCCESS', 'clean', 2, { durationMs: 40 }))).toMatchObject({
      kind: 'ended',
      step: { key: 'clean', status: 'SUCCESS', durationMs: 40 },
    })
    state.apply(event('STEP_START', 'a:fresh', 1))
    const check = { checkName: 'fresh', passed: false, severity: 'ERROR' as const, blocking: false, description: 'a day old' }
    expect(state.apply(event('ASSET_CHECK_EVALUATION', 'a:fresh', 2, check))).toMatchObject({
      kind: 'ended',
      step: { key: 'a:fresh', status: 'SUCCESS', durationMs: 1_000, check: { name: 'fresh', passed: false } },
    })
    expect(state.apply(event('ASSET_OBSERVATION', 'raw', 2, { dataVersion: 'v1' }))).toMatchObject({
      step: { observed: { dataVersion: 'v1' } },
    })
    expect(state.counts.succeeded).toBe(3)
  })

  it('tells of the checks of an asset’s own step those that did not pass', () => {
    const state = new RunState(run)
    state.apply(event('ASSET_MATERIALIZATION', 'a', 2))
    const check = (passed: boolean) => event('ASSET_CHECK_EVALUATION', 'a', 2, { checkName: 'unique', passed, severity: 'WARN' })
    expect(state.apply(check(true))).toBeUndefined()
    expect(state.apply(check(false))).toMatchObject({ kind: 'checked', check: { name: 'unique', severity: 'WARN' } })
    expect(state.counts).toMatchObject({ succeeded: 1, failed: 0 })
  })

  it('counts a step as failed whose asset was made and did not pass a blocking check, and tells the failure alone', () => {
    const state = new RunState(run)
    state.apply(event('ASSET_MATERIALIZATION', 'a', 2))
    expect(
      state.apply(event('ASSET_CHECK_EVALUATION', 'a', 2, { checkName: 'unique', passed: false, severity: 'ERROR', blocking: true })),
    ).toBeUndefined()
    expect(state.apply(event('STEP_FAILURE', 'a', 2, { error }))).toMatchObject({ kind: 'ended', step: { status: 'FAILURE', error } })
    expect(state.counts).toMatchObject({ succeeded: 0, failed: 1 })
  })

  it('counts a multi-asset’s step once, and tells it once for each asset', () => {
    const state = new RunState({ ...run, assetKeys: [] })
    const made = (assetKey: string) => state.apply({ ...event('ASSET_MATERIALIZATION', 'split', 2), assetKey })
    expect([made('left'), made('right'), made('right')]).toMatchObject([{ step: { key: 'left' } }, { step: { key: 'right' } }, undefined])
    expect(state.counts.succeeded).toBe(1)
  })

  it('counts the steps of a mapped op as they appear; the plan counts them as one', () => {
    const state = new RunState({ ...run, assetKeys: [] })
    state.apply(event('STEP_START', 'fetch', 1))
    expect(state.counts.all).toBe(3)
    for (const key of ['clean[0]', 'clean[1]', 'clean[2]', 'clean[1]']) state.apply(event('STEP_START', key, 2))
    expect(state.counts.all).toBe(5)
    expect(state.longestKey).toBe('clean[0]')
  })

  it('says why a step was skipped', () => {
    const state = new RunState(run)
    expect(state.apply(event('STEP_SKIPPED', 'c', 3, { because: 'b', why: 'missing' }))).toMatchObject({
      step: { status: 'SKIPPED', because: 'b', why: 'missing' },
    })
  })
})
