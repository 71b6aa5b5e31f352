import { bigint, primaryKey, text } from 'drizzle-orm/pg-core'
import type { AssetStatus } from '../stores/materialization-store.ts'
import { assetrySchema, moment } from './assetry-schema.ts'

/** One row an asset and partition that ever ran or was reported on: the newest that is known. */
export const assetStatuses = assetrySchema.table(
  'asset_statuses',
  {
    assetKey: text('asset_key').notNull(),
    partitionKey: text('partition_key').notNull(),
    status: text('status').$type<AssetStatus['status']>().notNull(),
    lastRunId: text('last_run_id').notNull(),
    updatedAt: moment('updated_at').notNull(),
    lastMaterializationRunId: text('last_materialization_run_id'),
    lastMaterializationSeq: bigint('last_materialization_seq', { mode: 'number' }),
    materializationCount: bigint('materialization_count', { mode: 'number' }).notNull(),
    lastObservationRunId: text('last_observation_run_id'),
    lastObservationSeq: bigint('last_observation_seq', { mode: 'number' }),
    observedAt: moment('observed_at'),
    dataVersion: text('data_version'),
    dataVersionAt: moment('data_version_at'),
    dataAt: moment('data_at'),
  },
  (table) => [primaryKey({ columns: [table.assetKey, table.partitionKey] })],
)
