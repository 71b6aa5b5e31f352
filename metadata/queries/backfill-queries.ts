import { and, asc, desc, eq, inArray, lt, notInArray, or, sql } from 'drizzle-orm'
import type { AssetKey } from '../../definitions/asset-key.ts'
import { groupedBy } from '../../definitions/grouped-by.ts'
import { firstCursors } from '../../planning/backfill-plan.ts'
import type { Database } from '../database.ts'
import { numberBefore, pageOf, rowsFor } from '../page-cursor.ts'
import { storableJson, storableText } from '../storable-json.ts'
import {
  type Backfill,
  type BackfillStatus,
  type BackfillStore,
  type BackfillWork,
  endedBackfillStatuses,
  type NewBackfill,
  type NewCut,
} from '../stores/backfill-store.ts'
import { backfillAssets, backfills, partitionFailures } from '../tables/backfills.ts'
import { checkEvaluations } from '../tables/check-evaluations.ts'
import { materializations } from '../tables/materializations.ts'
import { runs } from '../tables/runs.ts'
import { unknownBackfill } from '../unknown-backfill.ts'
import { planRow } from './run-queries.ts'

/** Materializations of which the mean says how long a partition takes. */
const recentCount = 20

export function backfillStore(database: Database): BackfillStore {
  const get = async (backfillId: string): Promise<Backfill | undefined> =>
    (
      await withAssets(
        database,
        await database.read((db) => db.select(columns).from(backfills).where(eq(backfills.backfillId, backfillId))),
      )
    )[0]
  return {
    create: (backfill) => create(database, get, backfill),
    get,
    byIdempotencyKey: async (key) => {
      const rows = await database.read((db) => db.select(columns).from(backfills).where(eq(backfills.idempotencyKey, key)))
      return (await withAssets(database, rows))[0]
    },
    list: async ({ statuses }, page) => {
      const where = and(lt(backfills.number, numberBefore(page)), statuses && inArray(backfills.status, [...statuses]))
      const rows = await database.read((db) =>
        db.select(columns).from(backfills).where(where).orderBy(desc(backfills.number)).limit(rowsFor(page)),
      )
      const found = await withAssets(database, rows)
      return pageOf(
        page,
        rows.map(({ number }, index) => ({ number, backfill: found[index] as Backfill })),
        ({ backfill }) => backfill,
      )
    },
    open: async () =>
      await withAssets(
        database,
        await database.read((db) =>
          db
            .select(columns)
            .from(backfills)
            .where(notInArray(backfills.status, [...endedBackfillStatuses]))
            .orderBy(asc(backfills.number)),
        ),
      ),
    work: (backfillId) => work(database, get, backfillId),
    move: async (backfillId, from, to, reason) =>
      ((await database.call('move_backfill', [backfillId, [...from], to, reason === undefined ? null : storableText(reason)])) ??
        undefined) as BackfillStatus | undefined,
    cut: (cut) => cutBackfill(database, cut),
    settle: async (runId, failures) => void (await database.call('settle_run', [runId, storableJson(failures)])),
    retry: async ({ backfillId, cuts, plan, cursors }) => {
      const done = await database.call('retry_backfill', [backfillId, cuts, storableJson(plan), storableJson(cursors)])
      if (done === null) throw unknownBackfill(backfillId)
      return done === true
    },
    setConcurrency: async (backfillId, steps) => {
      if ((await database.call('set_backfill_concurrency', [backfillId, steps])) !== true) throw unknownBackfill(backfillId)
    },
    failedKeys: async (of, assetKeys) => {
      const { assetKey, partitionKey, backfillId, runId } = partitionFailures
      const where = 'backfillId' in of ? eq(backfillId, of.backfillId) : eq(runId, of.runId)
      const rows = await database.read((db) =>
        db
          .select({ assetKey, partitionKey })
          .from(partitionFailures)
          .where(and(where, inArray(assetKey, [...assetKeys]))),
      )
      return keysByAsset(rows)
    },
    retriableKeys: async (backfillId) => {
      const { assetKey, partitionKey, runId } = partitionFailures
      const isSettled = sql`exists (select from ${runs} where ${runs.runId} = ${runId} and ${runs.settled})`
      const rows = await database.read((db) =>
        db
          .select({ assetKey, partitionKey })
          .from(partitionFailures)
          .where(and(eq(partitionFailures.backfillId, backfillId), or(eq(runId, `backfill:${backfillId}`), isSettled))),
      )
      return keysByAsset(rows)
    },
    failures: async (backfillId, limit) => {
      const { assetKey, partitionKey, kind, error, because, runId, time } = partitionFailures
      const rows = await database.read((db) =>
        db
          .select({ assetKey, partitionKey, kind, error, because, runId, time })
          .from(partitionFailures)
          .where(eq(partitionFailures.backfillId, backfillId))
          .orderBy(asc(sql`case ${kind} when 'SKIPPED' then 1 else 0 end`), asc(time), asc(assetKey), asc(partitionKey))
          .limit(limit),
      )
      return rows.map((row) => ({ ...row, runId: row.runId.startsWith('backfill:') ? null : row.runId }))
    },
    recordedKeys: async (runId, stepKey) => {
      const ofStep = and(eq(materializations.runId, runId), eq(materializations.stepKey, stepKey))
      const ofCheck = and(eq(checkEvaluations.runId, runId), eq(checkEvaluations.stepKey, stepKey))
      const notMade = and(eq(partitionFailures.runId, runId), eq(partitionFailures.stepKey, stepKey))
      const [made, checked, failed] = await Promise.all([
        database.read((db) => db.selectDistinct({ key: materializations.partitionKey }).from(materializations).where(ofStep)),
        database.read((db) => db.selectDistinct({ key: checkEvaluations.partitionKey }).from(checkEvaluations).where(ofCheck)),
        database.read((db) => db.selectDistinct({ key: partitionFailures.partitionKey }).from(partitionFailures).where(notMade)),
      ])
      return { made: new Set([...made, ...checked].map(({ key }) => key)), failed: new Set(failed.map(({ key }) => key)) }
    },
    recordedOf: async (runId, assetKey) => {
      const [made, failed] = await Promise.all([
        database.read((db) =>
          db
            .selectDistinct({ key: materializations.partitionKey })
            .from(materializations)
            .where(and(eq(materializations.runId, runId), eq(materializations.assetKey, assetKey))),
        ),
        database.read((db) =>
          db
            .selectDistinct({ key: partitionFailures.partitionKey })
            .from(partitionFailures)
            .where(and(eq(partitionFailures.runId, runId), eq(partitionFailures.assetKey, assetKey))),
        ),
      ])
      return new Set([...made, ...failed].map(({ key }) => key))
    },
    partitionMs: (assetKey) => partitionMs(database, assetKey),
  }
}

function keysByAsset(
  rows: readonly { readonly assetKey: AssetKey; readonly partitionKey: string }[],
): ReadonlyMap<AssetKey, ReadonlySet<string>> {
  return new Map([...groupedBy(rows, (row) => row.assetKey)].map(([key, found]) => [key, new Set(found.map((row) => row.partitionKey))]))
}

async function create(
  database: Database,
  get: (backfillId: string) => Promise<Backfill | undefined>,
  { createdAt, ...backfill }: NewBackfill,
): Promise<{ readonly backfill: Backfill; readonly created: boolean }> {
  const assets = backfill.plan.stages.flatMap(({ assets: keys, count }) => keys.map((assetKey) => ({ assetKey, targeted: count })))
  const cursors = firstCursors(backfill.plan)
  const given = storableJson({
    ...backfill,
    createdAt: createdAt.toISOString(),
    cursors,
    assets: assets.map((asset, place) => ({ ...asset, place })),
  })
  const { backfillId, created } = (await database.call('create_backfill', [given])) as { backfillId: string; created: boolean }
  const found = await get(backfillId)
  if (found === undefined) throw unknownBackfill(backfillId)
  return { backfill: found, created }
}

async function work(
  database: Database,
  get: (backfillId: string) => Promise<Backfill | undefined>,
  backfillId: string,
): Promise<BackfillWork | undefined> {
  // The number of cuts is read before the runs: a cut that comes between makes the next one fail, and is seen then.
  const [[row], backfill] = await Promise.all([
    database.read((db) =>
      db
        .select({ plan: backfills.plan, cursors: backfills.cursors, cuts: backfills.cuts })
        .from(backfills)
        .where(eq(backfills.backfillId, backfillId)),
    ),
    get(backfillId),
  ])
  if (row === undefined || backfill === undefined) return undefined
  const unsettled = await database.read((db) =>
    db
      .select({ runId: runs.runId, status: runs.status, stepCount: runs.stepCount, cut: runs.cut })
      .from(runs)
      .where(and(eq(runs.backfillId, backfillId), eq(runs.settled, false)))
      .orderBy(asc(runs.number)),
  )
  return { backfill, ...row, runs: unsettled.flatMap(({ cut, ...run }) => (cut === null ? [] : [{ ...run, cut }])) }
}

async function cutBackfill(database: Database, { backfillId, cuts, cursors, run, requested, skips }: NewCut): Promise<boolean> {
  const recorded =
    run === undefined ? undefined : planRow({ ...run, partitionKey: null, idempotencyKey: null, requestHash: null, backfillId })
  const done = await database.call('cut_backfill', [
    backfillId,
    cuts,
    storableJson(cursors),
    recorded?.row ?? null,
    recorded?.chunks ?? null,
    storableJson(requested),
    storableJson(skips),
  ])
  if (done === null) throw unknownBackfill(backfillId)
  return done === true
}

async function withAssets<TRow extends Omit<Backfill, 'assets'>>(database: Database, rows: readonly TRow[]): Promise<readonly Backfill[]> {
  if (rows.length === 0) return []
  const { backfillId, assetKey, targeted, requested, materialized, failed, skipped, place } = backfillAssets
  const found = await database.read((db) =>
    db
      .select({ backfillId, assetKey, targeted, requested, materialized, failed, skipped })
      .from(backfillAssets)
      .where(
        inArray(
          backfillId,
          rows.map((row) => row.backfillId),
        ),
      )
      .orderBy(asc(place)),
  )
  const byBackfill = groupedBy(found, (asset) => asset.backfillId)
  return rows.map((row) => {
    const { number: _, ...backfill } = row as TRow & { readonly number?: number }
    return {
      ...(backfill as Omit<Backfill, 'assets'>),
      assets: (byBackfill.get(row.backfillId) ?? []).map(({ backfillId: _of, ...asset }) => asset),
    }
  })
}

async function partitionMs(database: Database, assetKey: AssetKey): Promise<number | undefined> {
  const rows = await database.read((db) =>
    db
      .select({ durationMs: materializations.durationMs })
      .from(materializations)
      .where(eq(materializations.assetKey, assetKey))
      .orderBy(desc(materializations.number))
      .limit(recentCount),
  )
  const known = rows.flatMap(({ durationMs }) => (durationMs === null ? [] : [durationMs]))
  return known.length === 0 ? undefined : known.reduce((sum, each) => sum + each, 0) / known.length
}

const columns = {
  number: backfills.number,
  backfillId: backfills.backfillId,
  status: backfills.status,
  codeLocation: backfills.codeLocation,
  snapshotHash: backfills.snapshotHash,
  jobName: backfills.jobName,
  selection: backfills.selection,
  runConfig: backfills.runConfig,
  tags: backfills.tags,
  concurrency: backfills.concurrency,
  priority: backfills.priority,
  partitionsPerStep: backfills.partitionsPerStep,
  continues: backfills.continues,
  requestHash: backfills.requestHash,
  createdAt: backfills.createdAt,
  startedAt: backfills.startedAt,
  endedAt: backfills.endedAt,
  endReason: backfills.endReason,
}
