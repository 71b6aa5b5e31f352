import { bigint, integer, json, primaryKey, text, unique, uniqueIndex } from 'drizzle-orm/pg-core'
import type { AssetKey } from '../../definitions/asset-key.ts'
import type { Metadata } from '../../definitions/metadata-value.ts'
import { assetrySchema, moment } from './assetry-schema.ts'

/** Each row is also the entry ASSET_MATERIALIZATION of its run's log. */
export const materializations = assetrySchema.table(
  'materializations',
  {
    number: bigint('number', { mode: 'number' }).notNull().generatedAlwaysAsIdentity(),
    runId: text('run_id').notNull(),
    seq: bigint('seq', { mode: 'number' }).notNull(),
    time: moment('time').notNull(),
    stepKey: text('step_key').notNull(),
    assetKey: text('asset_key').notNull(),
    partitionKey: text('partition_key').notNull(),
    attempt: integer('attempt').notNull(),
    durationMs: bigint('duration_ms', { mode: 'number' }),
    metadata: json('metadata').$type<Metadata>().notNull(),
    tags: json('tags').$type<Readonly<Record<string, string>>>().notNull(),
    codeVersion: text('code_version'),
    dataVersion: text('data_version'),
    inputVersions: json('input_versions').$type<Readonly<Record<AssetKey, string | null>>>(),
  },
  (table) => [
    primaryKey({ columns: [table.runId, table.seq] }),
    unique().on(table.runId, table.stepKey, table.assetKey, table.partitionKey),
    uniqueIndex('materializations_asset').on(table.assetKey, table.number),
  ],
)
