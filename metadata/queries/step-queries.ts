import { randomUUID } from 'node:crypto'
import { and, asc, eq, inArray, sql } from 'drizzle-orm'
import { AssetryError } from '../../definitions/errors.ts'
import type { Database } from '../database.ts'
import type { NewMaterialization } from '../stores/materialization-store.ts'
import type { EndedStep, HeldStep, StepClaim, StepRecord, StepRecording, StepStart, StepStatus, StepStore } from '../stores/step-store.ts'
import { storableJson } from '../storable-json.ts'
import { steps } from '../tables/steps.ts'
import { unknownRun } from '../unknown-run.ts'
import { WriteBatcher } from '../write-batcher.ts'

export function stepStore(database: Database): StepStore {
  const starts = new WriteBatcher<Start, StepClaim>(
    async (runId, items) => (await callForRun(database, 'start_steps', runId, [items])) as readonly StepClaim[],
  )
  const successes = new WriteBatcher<Success, boolean>(
    async (runId, items) => (await callForRun(database, 'succeed_steps', runId, [items])) as readonly boolean[],
  )
  const completions = new WriteBatcher<Completion, boolean>(
    async (runId, items) => (await callForRun(database, 'complete_steps', runId, [items])) as readonly boolean[],
  )
  const leave = (step: HeldStep, leaving: Leaving): Promise<void> => leaveStep(database, step, leaving)
  return {
    // The claim's own number lets a repeated statement find its claim instead of taking the step from itself.
    start: (start) => starts.add(start.runId, startOf(start)),
    holds: (step) => holds(database, step),
    succeeded: async (step, recording) => {
      const { runId, stepKey, fence } = step
      if (!(await successes.add(runId, { stepKey, fence, ...recordedOf(recording) }))) throw fenced(step)
    },
    completed: async (start, durationMs, recording) => {
      const completion = { ...startOf(start), durationMs, ...recordedOf(recording) }
      if (!(await completions.add(start.runId, completion))) throw recordedBefore(start)
    },
    recordPartitions: async (step, recording) => {
      const { runId, stepKey, fence } = step
      if ((await callForRun(database, 'record_partitions', runId, [stepKey, fence, storableJson(recording)])) !== true) throw fenced(step)
    },
    failed: (step, error, retryInMs) =>
      retryInMs === null
        ? leave(step, { status: 'FAILURE', event: 'STEP_FAILURE', data: { error }, failure: error })
        : leave(step, { status: 'UP_FOR_RETRY', event: 'STEP_UP_FOR_RETRY', data: { error, retryInMs }, failure: error }),
    requeued: (step, reason) => leave(step, { status: 'UP_FOR_RETRY', event: 'STEP_REQUEUED', data: { reason }, failure: null }),
    canceled: (step) => leave(step, { status: 'CANCELED', event: 'STEP_CANCELED', data: {}, failure: null }),
    log: async ({ runId, stepKey, attempt }, lines) => {
      if (lines.length === 0) return
      await callForRun(database, 'append_log', runId, [stepKey, attempt, randomUUID(), storableJson(lines)])
    },
    list: (runId) => list(database, runId),
    ended: (runId, stepKeys) => ended(database, runId, stepKeys),
  }
}

/** A step that materializes goes without its kind: the less, the faster. */
interface Start extends Omit<StepStart, 'runId' | 'kind'> {
  readonly kind?: StepStart['kind']
  readonly claim: string
}

interface Completion extends Start, Recorded {
  readonly durationMs: number
}

interface Success extends Recorded {
  readonly stepKey: string
  readonly fence: number
}

/** What a step brings. `rest` is there where it is more or other than materializations: a trivial step doesn't pay for it. */
interface Recorded {
  readonly materializations?: readonly NewMaterialization[]
  readonly rest?: Omit<StepRecording, 'materializations'>
}

function startOf({ runId: _, kind, ...start }: StepStart): Start {
  return { ...start, ...(kind !== 'materialize' && { kind }), claim: randomUUID() }
}

function recordedOf({ materializations = [], ...rest }: StepRecording): Recorded {
  const isTrivial =
    materializations.length > 0 && Object.values(rest).every((part) => part === undefined || (Array.isArray(part) && part.length === 0))
  return isTrivial ? { materializations } : { materializations, rest }
}

/** How an attempt ends other than by success. */
interface Leaving {
  readonly status: StepStatus
  readonly event: string
  readonly data: object
  readonly failure: object | null
}

async function callForRun(database: Database, name: string, runId: string, values: readonly unknown[]): Promise<unknown> {
  const answer = await database.call(name, [runId, ...values])
  if (answer === null) throw unknownRun(runId)
  return answer
}

async function leaveStep(database: Database, step: HeldStep, { status, event, data, failure }: Leaving): Promise<void> {
  const recorded = await callForRun(database, 'leave_step', step.runId, [
    step.stepKey,
    step.fence,
    status,
    event,
    storableJson(data),
    failure && storableJson(failure),
    step.partitionKey === null ? '' : (step.partitionKey ?? null),
  ])
  if (recorded !== true) throw fenced(step)
}

async function holds(database: Database, { runId, stepKey, fence }: HeldStep): Promise<boolean> {
  const held = and(eq(steps.runId, runId), eq(steps.stepKey, stepKey), eq(steps.fence, fence), eq(steps.status, 'STARTED'))
  const rows = await database.read((db) => db.select({ fence: steps.fence }).from(steps).where(held))
  return rows.length > 0
}

async function list(database: Database, runId: string): Promise<readonly StepRecord[]> {
  return await database.read((db) =>
    db
      .select({
        stepKey: steps.stepKey,
        assetKey: steps.assetKey,
        status: steps.status,
        attempt: steps.attempt,
        failures: steps.failures,
        losses: steps.losses,
        worker: steps.worker,
        startedAt: steps.startedAt,
        endedAt: steps.endedAt,
        error: steps.error,
        because: steps.because,
        why: steps.why,
      })
      .from(steps)
      .where(eq(steps.runId, runId))
      .orderBy(sql`${steps.startedAt} nulls last`, asc(steps.stepKey)),
  )
}

async function ended(database: Database, runId: string, stepKeys: readonly string[]): Promise<ReadonlyMap<string, EndedStep>> {
  if (stepKeys.length === 0) return new Map()
  // One parameter, because a statement takes 65,535 at most.
  const isAsked = sql`${steps.stepKey} in (select json_array_elements_text(${storableJson(stepKeys)}::json))`
  const hasEnded = inArray(steps.status, ['SUCCESS', 'FAILURE', 'SKIPPED', 'CANCELED'])
  const rows = await database.read((db) =>
    db
      .select({ stepKey: steps.stepKey, status: sql<EndedStep['status']>`${steps.status}`, outputs: steps.outputs })
      .from(steps)
      .where(and(eq(steps.runId, runId), isAsked, hasEnded)),
  )
  return new Map(rows.map(({ stepKey, ...step }) => [stepKey, step]))
}

function fenced({ runId, stepKey, fence }: HeldStep): AssetryError {
  return new AssetryError(
    'STEP_FENCED',
    `Attempt ${fence} of step "${stepKey}" in run ${runId} may not record any more: another attempt has taken the step over, or the run has ended. ` +
      `Nothing was recorded; what the other attempt records holds.`,
    { facts: { runId, stepKey, fence } },
  )
}

function recordedBefore({ runId, stepKey }: StepStart): AssetryError {
  return new AssetryError(
    'STEP_FENCED',
    `Step "${stepKey}" of run ${runId} has a record already, or the run has ended: this attempt may not record it. What was recorded holds.`,
    { facts: { runId, stepKey } },
  )
}
