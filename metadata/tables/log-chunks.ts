import { bigint, integer, json, primaryKey, text, unique } from 'drizzle-orm/pg-core'
import type { LogLine } from '../stores/step-store.ts'
import { assetrySchema, moment } from './assetry-schema.ts'

export const logChunks = assetrySchema.table(
  'log_chunks',
  {
    runId: text('run_id').notNull(),
    seq: bigint('seq', { mode: 'number' }).notNull(),
    time: moment('time').notNull(),
    stepKey: text('step_key').notNull(),
    attempt: integer('attempt').notNull(),
    call: text('call').notNull(),
    lines: json('lines').$type<readonly LogLine[]>().notNull(),
  },
  (table) => [primaryKey({ columns: [table.runId, table.seq] }), unique().on(table.runId, table.call)],
)
