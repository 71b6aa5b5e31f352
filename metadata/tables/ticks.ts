import { bigint, integer, json, primaryKey, text } from 'drizzle-orm/pg-core'
import type { InstigatorKind } from '../stores/instigator-store.ts'
import type { RecordedError } from '../stores/recorded-error.ts'
import type { LogLine } from '../stores/step-store.ts'
import type { RequestedRun, RunRequestStatus, TickStatus } from '../stores/tick-store.ts'
import { assetrySchema, moment } from './assetry-schema.ts'

export const ticks = assetrySchema.table('ticks', {
  number: bigint('number', { mode: 'number' }).notNull().generatedAlwaysAsIdentity(),
  tickId: text('tick_id').primaryKey(),
  codeLocation: text('code_location').notNull(),
  kind: text('kind').$type<InstigatorKind>().notNull(),
  name: text('name').notNull(),
  status: text('status').$type<TickStatus>().notNull(),
  scheduledAt: moment('scheduled_at'),
  startedAt: moment('started_at').notNull(),
  endedAt: moment('ended_at'),
  fence: integer('fence').notNull(),
  claim: text('claim').notNull(),
  worker: text('worker'),
  cursorBefore: text('cursor_before'),
  cursorAfter: text('cursor_after'),
  cursorEdits: integer('cursor_edits').notNull(),
  skipReason: text('skip_reason'),
  error: json('error').$type<RecordedError>(),
  logs: json('logs').$type<readonly LogLine[]>(),
  requests: integer('requests').notNull().default(0),
  duplicates: integer('duplicates').notNull().default(0),
  events: integer('events').notNull().default(0),
})

/** What ticks asked for, and what came of it. */
export const runRequests = assetrySchema.table(
  'run_requests',
  {
    tickId: text('tick_id').notNull(),
    position: integer('position').notNull(),
    codeLocation: text('code_location').notNull(),
    kind: text('kind').$type<InstigatorKind>().notNull(),
    name: text('name').notNull(),
    runKey: text('run_key'),
    request: json('request').$type<RequestedRun>().notNull(),
    status: text('status').$type<RunRequestStatus>().notNull(),
    runId: text('run_id'),
    backfillId: text('backfill_id'),
    error: json('error').$type<RecordedError>(),
  },
  (table) => [primaryKey({ columns: [table.tickId, table.position] })],
)
