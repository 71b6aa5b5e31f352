import { bigint, integer, json, text } from 'drizzle-orm/pg-core'
import type { Metadata } from '../../definitions/metadata-value.ts'
import { moment } from './assetry-schema.ts'

/** Columns that all records of an asset begin with. `number` counts those of the table, and is the record's id. */
export const assetRecord = () => ({
  number: bigint('number', { mode: 'number' }).notNull().generatedAlwaysAsIdentity(),
  runId: text('run_id').notNull(),
  seq: bigint('seq', { mode: 'number' }).notNull(),
  time: moment('time').notNull(),
  stepKey: text('step_key').notNull(),
  assetKey: text('asset_key').notNull(),
  partitionKey: text('partition_key').notNull(),
  attempt: integer('attempt').notNull(),
  metadata: json('metadata').$type<Metadata>().notNull(),
})
