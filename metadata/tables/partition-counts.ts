import { bigint, primaryKey, text } from 'drizzle-orm/pg-core'
import type { AssetStatus } from '../stores/materialization-store.ts'
import { assetrySchema } from './assetry-schema.ts'

/** How many partitions of an asset stand how; kept by triggers of `asset_statuses`. */
export const partitionCounts = assetrySchema.table(
  'partition_counts',
  {
    assetKey: text('asset_key').notNull(),
    status: text('status').$type<AssetStatus['status']>().notNull(),
    count: bigint('count', { mode: 'number' }).notNull(),
  },
  (table) => [primaryKey({ columns: [table.assetKey, table.status] })],
)
