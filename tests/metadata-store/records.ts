import { randomUUID } from 'node:crypto'
import pg from 'pg'
import { expect } from 'vitest'
import type { MetadataStore } from '../../metadata/metadata-store.ts'
import type { NewCheckEvaluation } from '../../metadata/stores/check-store.ts'
import type { NewMaterialization } from '../../metadata/stores/materialization-store.ts'
import type { NewObservation } from '../../metadata/stores/observation-store.ts'
import type { RecordedError } from '../../metadata/stores/recorded-error.ts'
import type { NewRun } from '../../metadata/stores/run-store.ts'
import type { HeldStep, StepClaim, StepRecording, StepStart } from '../../metadata/stores/step-store.ts'
import type { PlanStep } from '../../planning/run-plan.ts'

/** An error of user code, as it is recorded. */
export const boom: RecordedError = { name: 'Error', message: 'boom', stack: 'Error: boom\n  at x', code: null, metadata: null, cause: null }

/** A line of a step's log. */
export const line = (message: string) =>
  ({ time: '2026-01-01T00:00:00.000Z', level: 'info', source: 'log', message, fields: null }) as const

/** A run of `count` steps, one after another; keys are of this run alone. */
export function newRun(count: number, facts: Partial<NewRun> = {}): NewRun {
  const runId = randomUUID()
  const steps = Array.from({ length: count }, (_, index): PlanStep => {
    const key = `asset-${runId}/${String(index).padStart(5, '0')}`
    return { key, asset: key, after: index === 0 ? [] : [index - 1] }
  })
  return {
    runId,
    codeLocation: 'tests',
    snapshotHash: 'none',
    jobName: null,
    selection: '*',
    plan: { version: 1, steps },
    runConfig: {},
    tags: {},
    partitionKey: null,
    idempotencyKey: null,
    requestHash: null,
    ...facts,
  }
}

/** Records such a run. */
export async function createRun(store: MetadataStore, count: number, facts: Partial<NewRun> = {}): Promise<NewRun> {
  const run = newRun(count, facts)
  await store.runs.create(run)
  return run
}

/** The start of a step that makes the asset it is named after. */
export function startOf(runId: string, stepKey: string, attempt = 1): StepStart {
  return { runId, stepKey, kind: 'materialize', assetKey: stepKey, attempt, worker: `worker ${attempt}` }
}

/** Claims such a step. */
export function claim(store: MetadataStore, runId: string, stepKey: string, attempt = 1): Promise<HeldStep> {
  return claimOf(store, startOf(runId, stepKey, attempt))
}

/** Claims a step of any kind. */
export async function claimOf(store: MetadataStore, start: StepStart): Promise<HeldStep> {
  const answer: StepClaim = await store.steps.start(start)
  if (answer.kind !== 'claimed') throw new Error(`The step can't be claimed: ${JSON.stringify(answer)}`)
  return { runId: start.runId, stepKey: start.stepKey, fence: answer.fence }
}

/** What a step records that makes these assets and nothing else. */
export function making(...assetKeys: readonly string[]): StepRecording {
  return { materializations: assetKeys.map((key) => materializationOf(key)) }
}

/** Claims a step, writes a line, makes its asset. */
export async function workOn(store: MetadataStore, runId: string, step: PlanStep): Promise<void> {
  const held = await claim(store, runId, step.key)
  await store.steps.log({ runId, stepKey: step.key, attempt: 1 }, [line('at work')])
  await store.steps.succeeded(held, making(step.key))
}

export function materializationOf(assetKey: string, facts: Partial<NewMaterialization> = {}): NewMaterialization {
  const metadata = { rows: { type: 'int', value: 1 } } as const
  return { assetKey, partitionKey: null, metadata, tags: {}, codeVersion: null, dataVersion: 'd', inputVersions: null, ...facts }
}

export function observationOf(assetKey: string, facts: Partial<NewObservation> = {}): NewObservation {
  return { assetKey, partitionKey: null, metadata: { lag: { type: 'float', value: 0.5 } }, tags: {}, dataVersion: null, ...facts }
}

export function evaluationOf(assetKey: string, checkName: string, facts: Partial<NewCheckEvaluation> = {}): NewCheckEvaluation {
  const found = { passed: true, severity: 'ERROR', blocking: false, description: null, metadata: {} } as const
  return { assetKey, checkName, partitionKey: null, ...found, ...facts }
}

/** Types of a run's log, in its order. */
export async function eventTypes(store: MetadataStore, runId: string): Promise<readonly string[]> {
  return (await store.events.list(runId, { after: 0, limit: 1000 })).map(({ type }) => type)
}

/** Where each recorded step of a run stands. */
export async function statuses(store: MetadataStore, runId: string): Promise<Readonly<Record<string, string>>> {
  return Object.fromEntries((await store.steps.list(runId)).map(({ stepKey, status }) => [stepKey, status]))
}

export async function expectFenced(write: Promise<unknown>): Promise<void> {
  await expect(write).rejects.toMatchObject({ code: 'STEP_FENCED' })
}

export async function expectLogWithoutGaps(store: MetadataStore, runId: string): Promise<void> {
  const log = await store.events.list(runId, { after: 0, limit: 1000 })
  expect(log.map(({ seq }) => seq)).toEqual(log.map((_, index) => index + 1))
}

/** Asks the database itself. */
export async function query(url: string, text: string): Promise<readonly Readonly<Record<string, unknown>>[]> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return (await client.query<Record<string, unknown>>(text)).rows
  } finally {
    await client.end()
  }
}

/** Rows in all tables that a step writes to. */
export async function rowCount(url: string): Promise<number> {
  const log = ['events', 'materializations', 'observations', 'check_evaluations', 'log_chunks']
  const tables = [...log, 'steps', 'asset_statuses', 'check_statuses', 'runs', 'plan_chunks', 'reports']
  const [row] = await query(url, `select ${tables.map((table) => `(select count(*) from assetry.${table})`).join(' + ')} as count`)
  return Number(row?.['count'])
}

/** Servers of tests let everyone in: a password changes nothing. */
export function withPassword(url: string): string {
  return url.includes('@') ? url.replace('@', ':secret@') : `${url}&password=secret`
}
