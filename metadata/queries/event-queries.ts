import { and, asc, eq, gt, sql, type SQL } from 'drizzle-orm'
import { unionAll } from 'drizzle-orm/pg-core'
import type { Database, QueryBuilder } from '../database.ts'
import type { EventStore, RunEvent, RunEventType } from '../stores/event-store.ts'
import { checkEvaluations } from '../tables/check-evaluations.ts'
import { events } from '../tables/events.ts'
import { logChunks } from '../tables/log-chunks.ts'
import { materializations } from '../tables/materializations.ts'
import { observations } from '../tables/observations.ts'

export function eventStore(database: Database): EventStore {
  return {
    list: async (runId, { after, limit, logs = true }) => {
      const range = { runId, after, limit }
      const rows = await database.read((db) => {
        const parts = [eventsIn(db, range), materializationsIn(db, range), observationsIn(db, range), evaluationsIn(db, range)] as const
        const all = logs ? unionAll(...parts, logsIn(db, range)) : unionAll(...parts)
        return all.orderBy(sql`seq`).limit(limit)
      })
      return rows.map((row): RunEvent => ({ ...row, partitionKey: row.partitionKey || null, data: row.data }))
    },
  }
}

interface Range {
  readonly runId: string
  readonly after: number
  readonly limit: number
}

type Data = Readonly<Record<string, unknown>>

// Each part is cut by itself, so that a page costs what it shows, however long the log is.

function eventsIn(db: QueryBuilder, { runId, after, limit }: Range) {
  return db
    .select({
      runId: events.runId,
      seq: events.seq,
      type: events.type,
      time: events.time,
      stepKey: events.stepKey,
      assetKey: events.assetKey,
      partitionKey: events.partitionKey,
      attempt: events.attempt,
      data: events.data,
    })
    .from(events)
    .where(and(eq(events.runId, runId), gt(events.seq, after)))
    .orderBy(asc(events.seq))
    .limit(limit)
}

function materializationsIn(db: QueryBuilder, range: Range) {
  const table = materializations
  const data: SQL<Data> = sql`json_build_object('metadata', ${table.metadata}, 'tags', ${table.tags}, 'codeVersion', ${table.codeVersion},
    'dataVersion', ${table.dataVersion}, 'inputVersions', ${table.inputVersions}, 'durationMs', ${table.durationMs})`
  return entriesIn(db, table, { type: 'ASSET_MATERIALIZATION', data }, range)
}

function observationsIn(db: QueryBuilder, range: Range) {
  const data: SQL<Data> = sql`json_build_object('metadata', ${observations.metadata}, 'tags', ${observations.tags},
    'dataVersion', ${observations.dataVersion})`
  return entriesIn(db, observations, { type: 'ASSET_OBSERVATION', data }, range)
}

function evaluationsIn(db: QueryBuilder, range: Range) {
  const table = checkEvaluations
  const data: SQL<Data> = sql`json_build_object('checkName', ${table.checkName}, 'passed', ${table.passed}, 'severity', ${table.severity},
    'blocking', ${table.blocking}, 'description', ${table.description}, 'metadata', ${table.metadata},
    'materializationId', ${table.materialization}::text)`
  return entriesIn(db, table, { type: 'ASSET_CHECK_EVALUATION', data }, range)
}

/** Rows of a table of its own as entries of a run's log. */
function entriesIn(
  db: QueryBuilder,
  table: typeof materializations | typeof observations | typeof checkEvaluations,
  { type, data }: { readonly type: RunEventType; readonly data: SQL<Data> },
  { runId, after, limit }: Range,
) {
  return db
    .select({
      runId: table.runId,
      seq: table.seq,
      type: sql<RunEventType>`${sql.raw(`'${type}'`)}`.as('type'),
      time: table.time,
      stepKey: sql<string | null>`${table.stepKey}`.as('step_key'),
      assetKey: sql<string | null>`${table.assetKey}`.as('asset_key'),
      partitionKey: table.partitionKey,
      attempt: sql<number | null>`${table.attempt}`.as('attempt'),
      data: data.as('data'),
    })
    .from(table)
    .where(and(eq(table.runId, runId), gt(table.seq, after)))
    .orderBy(asc(table.seq))
    .limit(limit)
}

function logsIn(db: QueryBuilder, { runId, after, limit }: Range) {
  const table = logChunks
  return db
    .select({
      runId: table.runId,
      seq: table.seq,
      type: sql<RunEventType>`'LOG'`.as('type'),
      time: table.time,
      stepKey: sql<string | null>`${table.stepKey}`.as('step_key'),
      assetKey: sql<string | null>`null`.as('asset_key'),
      partitionKey: sql<string>`''`.as('partition_key'),
      attempt: sql<number | null>`${table.attempt}`.as('attempt'),
      data: sql<Data>`json_build_object('lines', ${table.lines})`.as('data'),
    })
    .from(table)
    .where(and(eq(table.runId, runId), gt(table.seq, after)))
    .orderBy(asc(table.seq))
    .limit(limit)
}
