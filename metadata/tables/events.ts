import { bigint, integer, json, primaryKey, text } from 'drizzle-orm/pg-core'
import type { RunEventType } from '../stores/event-store.ts'
import { assetrySchema, moment } from './assetry-schema.ts'

/** Entries of runs' logs that are no materialization, observation, check evaluation or log lines; those are kept in tables of their own. */
export const events = assetrySchema.table(
  'events',
  {
    runId: text('run_id').notNull(),
    seq: bigint('seq', { mode: 'number' }).notNull(),
    type: text('type').$type<RunEventType>().notNull(),
    time: moment('time').notNull(),
    stepKey: text('step_key'),
    assetKey: text('asset_key'),
    partitionKey: text('partition_key').notNull().default(''),
    attempt: integer('attempt'),
    data: json('data').$type<Readonly<Record<string, unknown>>>().notNull(),
  },
  (table) => [primaryKey({ columns: [table.runId, table.seq] })],
)
