import { and, arrayContains, asc, desc, eq, inArray, lt, notInArray, sql, type SQL } from 'drizzle-orm'
import type { AssetKey } from '../../definitions/asset-key.ts'
import type { PlanStep, RunPlan } from '../../planning/run-plan.ts'
import type { Database } from '../database.ts'
import type { Page, PageRequest } from '../stores/page.ts'
import { endedRunStatuses, type NewRun, type Run, type RunFilter, type RunStatus, type RunStore } from '../stores/run-store.ts'
import { numberBefore, pageOf, rowsFor } from '../page-cursor.ts'
import { storableJson, storableText } from '../storable-json.ts'
import { planChunks, planChunkSize } from '../tables/plan-chunks.ts'
import { runs } from '../tables/runs.ts'
import { unknownRun } from '../unknown-run.ts'

export function runStore(database: Database): RunStore {
  const get = async (runId: string): Promise<Run | undefined> => {
    const [row] = await database.read((db) => db.select(columns).from(runs).where(eq(runs.runId, runId)))
    return row && runOf(row)
  }
  return {
    create: (run) => create(database, get, run),
    get,
    byIdempotencyKey: async (key) => {
      const [row] = await database.read((db) => db.select(columns).from(runs).where(eq(runs.idempotencyKey, key)))
      return row && runOf(row)
    },
    list: (filter, page) => list(database, filter, page),
    open: () => open(database),
    planSteps: (runId, from, count) => planSteps(database, runId, from, count),
    started: async (runId) => {
      const status = await database.call('move_run', [runId, ['QUEUED'], 'STARTED'])
      if (status === null) throw unknownRun(runId)
    },
    canceling: async (runId) => {
      const status = await database.call('move_run', [runId, ['QUEUED', 'STARTED'], 'CANCELING'])
      return (status ?? undefined) as RunStatus | undefined
    },
    ended: async ({ runId, status, reason, skipped }) => {
      const ended = await database.call('end_run', [runId, status, reason && storableText(reason), storableJson(skipped)])
      if (ended === null) throw unknownRun(runId)
    },
  }
}

async function create(
  database: Database,
  get: (runId: string) => Promise<Run | undefined>,
  newRun: NewRun,
): Promise<{ readonly run: Run; readonly created: boolean }> {
  const { row, chunks } = planRow(newRun)
  const { runId, created } = (await database.call('create_run', [row, chunks])) as { runId: string; created: boolean }
  const run = await get(runId)
  if (run === undefined) throw unknownRun(runId)
  return { run, created }
}

/** A run as `create_run` takes it, and its plan. */
export function planRow<TRun extends Pick<NewRun, 'plan'>>({ plan, ...facts }: TRun): { readonly row: string; readonly chunks: string } {
  const assetKeys = [...new Set(plan.steps.flatMap(assetsOf))]
  return { row: storableJson({ ...facts, assetKeys, stepCount: plan.steps.length }), chunks: storableJson(chunksOf(plan)) }
}

/** The assets that a step is about the making or the observation of; a check makes nothing. */
function assetsOf({ kind, asset, assets }: PlanStep): readonly AssetKey[] {
  if (kind === 'check') return []
  return assets ?? (asset === undefined ? [] : [asset])
}

function chunksOf({ steps }: RunPlan): readonly { readonly first: number; readonly steps: readonly PlanStep[] }[] {
  const count = Math.ceil(steps.length / planChunkSize)
  return Array.from({ length: count }, (_, index) => {
    const first = index * planChunkSize
    return { first, steps: steps.slice(first, first + planChunkSize) }
  })
}

async function list(database: Database, filter: RunFilter, page: PageRequest): Promise<Page<Run>> {
  const where = and(lt(runs.number, numberBefore(page)), ...conditionsOf(filter))
  const rows = await database.read((db) => db.select(columns).from(runs).where(where).orderBy(desc(runs.number)).limit(rowsFor(page)))
  return pageOf(page, rows, runOf)
}

function conditionsOf({ statuses, jobName, assetKey, tags, backfillId }: RunFilter): readonly (SQL | undefined)[] {
  return [
    statuses && inArray(runs.status, [...statuses]),
    jobName === undefined ? undefined : eq(runs.jobName, jobName),
    assetKey === undefined ? undefined : arrayContains(runs.assetKeys, [assetKey]),
    backfillId === undefined ? undefined : eq(runs.backfillId, backfillId),
    tags && sql`${runs.tags} @> ${storableJson(tags)}::jsonb`,
  ]
}

async function open(database: Database): Promise<readonly Run[]> {
  const rows = await database.read((db) =>
    db
      .select(columns)
      .from(runs)
      .where(notInArray(runs.status, [...endedRunStatuses]))
      .orderBy(asc(runs.number)),
  )
  return rows.map(runOf)
}

async function planSteps(database: Database, runId: string, from: number, count: number): Promise<readonly PlanStep[]> {
  const firstChunk = Math.floor(from / planChunkSize) * planChunkSize
  const chunks = await database.read((db) =>
    db
      .select({ steps: planChunks.steps })
      .from(planChunks)
      .where(and(eq(planChunks.runId, runId), sql`${planChunks.first} between ${firstChunk} and ${from + count - 1}`))
      .orderBy(asc(planChunks.first)),
  )
  return chunks.flatMap(({ steps }) => steps).slice(from - firstChunk, from - firstChunk + count)
}

const columns = {
  number: runs.number,
  runId: runs.runId,
  status: runs.status,
  codeLocation: runs.codeLocation,
  snapshotHash: runs.snapshotHash,
  jobName: runs.jobName,
  selection: runs.selection,
  assetKeys: runs.assetKeys,
  stepCount: runs.stepCount,
  runConfig: runs.runConfig,
  tags: runs.tags,
  partitionKey: runs.partitionKey,
  partitions: runs.partitions,
  backfillId: runs.backfillId,
  requestHash: runs.requestHash,
  createdAt: runs.createdAt,
  startedAt: runs.startedAt,
  endedAt: runs.endedAt,
  endReason: runs.endReason,
}

function runOf({ number: _, partitionKey, ...row }: Run & { readonly number: number }): Run {
  return { ...row, partitionKey: partitionKey || null }
}
