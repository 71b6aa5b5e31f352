import { randomUUID } from 'node:crypto'
import { and, asc, desc, eq, inArray, lt, sql, type SQL } from 'drizzle-orm'
import type { Database } from '../database.ts'
import { numberBefore, pageOf, rowsFor } from '../page-cursor.ts'
import type { InstigatorName } from '../stores/instigator-store.ts'
import type { RecordedRunRequest, Tick, TickClaim, TickOutcome, TickStore } from '../stores/tick-store.ts'
import { storableJson } from '../storable-json.ts'
import { reportHash } from './report-queries.ts'
import { instigators } from '../tables/instigators.ts'
import { runRequests, ticks } from '../tables/ticks.ts'

export function tickStore(database: Database): TickStore {
  return {
    begin: async (tick) => {
      // The call's own number lets a repeated statement find what it has begun.
      const claim = (await database.call('begin_tick', [storableJson({ ...tick, claim: randomUUID() })])) as TickClaim
      if (claim.kind !== 'claimed') return claim
      return { ...claim, lastTickAt: claim.lastTickAt === null ? null : new Date(claim.lastTickAt) }
    },
    commit: async (tickId, fence, outcome) =>
      (await database.call('commit_tick', [tickId, fence, storableJson(withHashes(outcome))])) as boolean,
    fail: async ({ tickId, fence }, { error, logs, stopAfter, stopReason }) =>
      ((await database.call('fail_tick', [tickId, fence, storableJson(error), storableJson(logs), stopAfter, stopReason])) ?? 0) as number,
    pending: (name, limit) => requests(database, and(ofInstigator(runRequests, name), eq(runRequests.status, 'PENDING')), limit),
    settle: async ({ tickId, position }, came) => {
      const runId = 'runId' in came ? came.runId : null
      const backfillId = 'backfillId' in came ? came.backfillId : null
      await database.call('settle_request', [tickId, position, runId, backfillId, 'error' in came ? storableJson(came.error) : null])
    },
    get: async (tickId) => (await database.read((db) => db.select(columns).from(ticks).where(eq(ticks.tickId, tickId)))).map(tickOf)[0],
    list: async ({ statuses, ...name }, page) => {
      const where = and(ofInstigator(ticks, name), lt(ticks.number, numberBefore(page)), statuses && inArray(ticks.status, [...statuses]))
      const rows = await database.read((db) => db.select(columns).from(ticks).where(where).orderBy(desc(ticks.number)).limit(rowsFor(page)))
      return pageOf(page, rows, tickOf)
    },
    newest: () => newest(database),
    requestsOf: (tickId) => requests(database, eq(runRequests.tickId, tickId)),
    logsOf: async (tickId) =>
      (await database.read((db) => db.select({ logs: ticks.logs }).from(ticks).where(eq(ticks.tickId, tickId))))[0]?.logs ?? [],
    prune: async ({ skipped, others, events }) => {
      await database.call('prune_ticks', [skipped, others, events])
    },
  }
}

function withHashes({ reports = [], ...outcome }: TickOutcome): object {
  return { ...outcome, reports: reports.map(({ report, key }) => ({ report, key, hash: reportHash(storableJson(report)) })) }
}

function ofInstigator(table: typeof ticks | typeof runRequests, { codeLocation, kind, name }: InstigatorName): SQL | undefined {
  return and(eq(table.codeLocation, codeLocation), eq(table.kind, kind), eq(table.name, name))
}

async function requests(database: Database, where: SQL | undefined, limit?: number): Promise<readonly RecordedRunRequest[]> {
  return await database.read((db) => {
    const query = db
      .select(requestColumns)
      .from(runRequests)
      .innerJoin(ticks, eq(ticks.tickId, runRequests.tickId))
      .where(where)
      .orderBy(asc(ticks.number), asc(runRequests.position))
    return limit === undefined ? query : query.limit(limit)
  })
}

/** One look into the index for each: a scan of all ticks would take longer with each tick. */
async function newest(database: Database): Promise<readonly Tick[]> {
  const rows = await database.read((db) => {
    const ofThis = and(eq(ticks.codeLocation, instigators.codeLocation), eq(ticks.kind, instigators.kind), eq(ticks.name, instigators.name))
    const last = db.select(columns).from(ticks).where(ofThis).orderBy(desc(ticks.number)).limit(1).as('last')
    return db
      .select()
      .from(instigators)
      .innerJoinLateral(last, sql`true`)
  })
  return rows.map(({ last }) => tickOf(last))
}

const columns = {
  number: ticks.number,
  tickId: ticks.tickId,
  codeLocation: ticks.codeLocation,
  kind: ticks.kind,
  name: ticks.name,
  status: ticks.status,
  scheduledAt: ticks.scheduledAt,
  startedAt: ticks.startedAt,
  endedAt: ticks.endedAt,
  cursorBefore: ticks.cursorBefore,
  cursorAfter: ticks.cursorAfter,
  skipReason: ticks.skipReason,
  error: ticks.error,
  requests: ticks.requests,
  duplicates: ticks.duplicates,
  events: ticks.events,
}

const requestColumns = {
  tickId: runRequests.tickId,
  position: runRequests.position,
  runKey: runRequests.runKey,
  request: runRequests.request,
  status: runRequests.status,
  runId: runRequests.runId,
  backfillId: runRequests.backfillId,
  error: runRequests.error,
}

function tickOf({ number: _, ...row }: Tick & { readonly number: number }): Tick {
  return row
}
