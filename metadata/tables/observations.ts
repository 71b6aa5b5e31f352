import { bigint, integer, json, primaryKey, text, uniqueIndex } from 'drizzle-orm/pg-core'
import type { Metadata } from '../../definitions/metadata-value.ts'
import { assetrySchema, moment } from './assetry-schema.ts'

/** Each row is also the entry ASSET_OBSERVATION of its run's log. */
export const observations = assetrySchema.table(
  'observations',
  {
    number: bigint('number', { mode: 'number' }).notNull().generatedAlwaysAsIdentity(),
    runId: text('run_id').notNull(),
    seq: bigint('seq', { mode: 'number' }).notNull(),
    time: moment('time').notNull(),
    stepKey: text('step_key').notNull(),
    assetKey: text('asset_key').notNull(),
    partitionKey: text('partition_key').notNull(),
    attempt: integer('attempt').notNull(),
    metadata: json('metadata').$type<Metadata>().notNull(),
    tags: json('tags').$type<Readonly<Record<string, string>>>().notNull(),
    dataVersion: text('data_version'),
  },
  (table) => [primaryKey({ columns: [table.runId, table.seq] }), uniqueIndex('observations_asset').on(table.assetKey, table.number)],
)
