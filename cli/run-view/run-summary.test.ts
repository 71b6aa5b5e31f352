import { describe, expect, it } from 'vitest'
import type { CheckEvaluation, Materialization, Observation, RunDetail, RunStep } from '../../client/index.ts'
import { colorsFor } from '../terminal.ts'
import { textWidth } from '../text.ts'
import { failureTexts, outcomeLine, wholeStepTable } from './run-summary.ts'

const colors = colorsFor({}, {})
const time = '2026-01-01T00:00:00.000Z'

function step(stepKey: string, facts: Partial<RunStep> = {}): RunStep {
  const attempts = { attempt: 1, failures: 0, losses: 0, worker: 'w', error: null, because: null, why: null }
  const times = { startedAt: time, endedAt: time, durationMs: 12 }
  return { stepKey, kind: 'materialize', assetKey: stepKey, assetKeys: [stepKey], status: 'SUCCESS', ...attempts, ...times, ...facts }
}

const op = (stepKey: string, facts: Partial<RunStep> = {}) => step(stepKey, { kind: 'op', assetKey: null, assetKeys: [], ...facts })
const place = { id: '1', runId: 'r', partitionKey: null, time, metadata: {} }

function made(assetKey: string, facts: Partial<Materialization> = {}): Materialization {
  const versions = { codeVersion: null, dataVersion: null, inputVersions: null }
  return { ...place, ...versions, stepKey: assetKey, assetKey, durationMs: 12, tags: {}, ...facts }
}

function found(assetKey: string, checkName: string, facts: Partial<CheckEvaluation> = {}): CheckEvaluation {
  const about = { stepKey: `${assetKey}:${checkName}`, assetKey, checkName, materializationId: null }
  return { ...place, ...about, passed: true, severity: 'ERROR', blocking: false, description: null, ...facts }
}

function run(facts: Partial<RunDetail>): RunDetail {
  const asked = {
    jobName: null,
    selection: '*',
    assetKeys: [],
    partitionKey: null,
    partitions: null,
    backfillId: null,
    runConfig: {},
    tags: {},
    codeLocation: 'd',
    snapshotHash: 'h',
  }
  const times = { createdAt: time, startedAt: time, endedAt: time, endReason: null, waitingFor: null }
  const temporal = { workflowId: 'run:r', namespace: 'default', url: null }
  const nothing = { steps: [], materializations: [], observations: [], checks: [] }
  return { runId: 'r', status: 'SUCCESS', stepCount: 1, ...asked, ...times, temporal, ...nothing, ...facts }
}

const tableOf = (detail: RunDetail) => wholeStepTable(detail, { colors, columns: 80 }).trimEnd().split('\n')

const mixed = run({
  status: 'FAILURE',
  steps: [
    op('fetch'),
    op('clean[0]'),
    op('send', { status: 'SKIPPED', because: 'fetch', why: 'missing', durationMs: null }),
    step('split', { assetKey: null, assetKeys: ['left', 'right', 'left_out'] }),
    step('orders'),
    step('orders:fresh', { kind: 'check', assetKey: 'orders' }),
    step('orders:unique', {
      kind: 'check',
      assetKey: 'orders',
      status: 'FAILURE',
      error: { name: 'AssetryError', message: 'it did not pass', stack: null, code: 'WORKER_LOST', metadata: null, cause: null },
    }),
    step('raw/files', { kind: 'observe' }),
  ],
  materializations: [
    made('left', { stepKey: 'split' }),
    made('right', { stepKey: 'split' }),
    made('orders', { metadata: { rows: { type: 'int', value: 3 } } }),
  ],
  checks: [
    found('orders', 'positive', { stepKey: 'orders' }),
    found('orders', 'fresh', { passed: false, severity: 'WARN', description: 'a day old' }),
    found('orders', 'unique', { passed: false, blocking: true }),
  ],
  observations: [{ ...place, stepKey: 'raw/files', assetKey: 'raw/files', tags: {}, dataVersion: 'v7' } satisfies Observation],
})

describe('the table of a run', () => {
  it('is about assets where there is nothing else', () => {
    expect(tableOf(run({ steps: [step('orders')], materializations: [made('orders')] }))).toEqual([
      'ASSET   STATUS    TIME',
      'orders  SUCCESS  12 ms',
    ])
  })

  it('shows what steps of every kind came to, within 80 columns', () => {
    const lines = tableOf(mixed)
    expect(lines).toEqual([
      'STEP           STATUS    TIME  ROWS  METADATA',
      'fetch          SUCCESS  12 ms',
      'clean[0]       SUCCESS  12 ms',
      'send           SKIPPED               because fetch gave no output for it',
      'split          SUCCESS  12 ms        left, right',
      'orders         SUCCESS  12 ms     3  1 check passed',
      'orders:fresh   WARN     12 ms        a day old',
      'orders:unique  FAILURE  12 ms        WORKER_LOST: it did not pass',
      'raw/files      SUCCESS  12 ms        version v7',
    ])
    for (const line of lines) expect(textWidth(line)).toBeLessThanOrEqual(80)
  })

  it('names the checks of an asset’s own step that did not pass', () => {
    const checks = [found('orders', 'unique', { stepKey: 'orders', passed: false }), found('orders', 'positive', { stepKey: 'orders' })]
    expect(tableOf(run({ steps: [step('orders')], checks })).at(-1)).toBe('orders  SUCCESS  12 ms  not passed: unique')
  })
})

describe('the sentence on a run', () => {
  it('counts assets where there is nothing else, else steps, and what did not pass', () => {
    expect(outcomeLine(run({ steps: [step('a'), step('b')] }), colors)).toBe('SUCCESS  2 of 2 materialized in 0 ms')
    expect(outcomeLine(mixed, colors)).toBe('FAILURE  6 of 8 steps done, 1 failed, 1 skipped, 2 checks not passed in 0 ms')
  })

  it('names a failed step by its key', () => {
    expect(failureTexts(mixed, { colors, columns: 80 })).toBe('✗ orders:unique failed\n  WORKER_LOST: it did not pass\n')
  })
})
