import { bigint, json, primaryKey, text, unique, uniqueIndex } from 'drizzle-orm/pg-core'
import type { AssetKey } from '../../definitions/asset-key.ts'
import { assetRecord } from './asset-record.ts'
import { assetrySchema } from './assetry-schema.ts'

/** Each row is also the entry ASSET_MATERIALIZATION of its run's log. */
export const materializations = assetrySchema.table(
  'materializations',
  {
    ...assetRecord(),
    durationMs: bigint('duration_ms', { mode: 'number' }),
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
