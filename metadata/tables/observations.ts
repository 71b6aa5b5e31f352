import { json, primaryKey, text, uniqueIndex } from 'drizzle-orm/pg-core'
import { assetRecord } from './asset-record.ts'
import { assetrySchema } from './assetry-schema.ts'

/** Each row is also the entry ASSET_OBSERVATION of its run's log. */
export const observations = assetrySchema.table(
  'observations',
  {
    ...assetRecord(),
    tags: json('tags').$type<Readonly<Record<string, string>>>().notNull(),
    dataVersion: text('data_version'),
  },
  (table) => [primaryKey({ columns: [table.runId, table.seq] }), uniqueIndex('observations_asset').on(table.assetKey, table.number)],
)
