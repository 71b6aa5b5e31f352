import { bigint, boolean, primaryKey, text, uniqueIndex } from 'drizzle-orm/pg-core'
import type { CheckSeverity } from '../../definitions/check-spec.ts'
import { assetRecord } from './asset-record.ts'
import { assetrySchema, moment } from './assetry-schema.ts'

/** Each row is also the entry ASSET_CHECK_EVALUATION of its run's log. */
export const checkEvaluations = assetrySchema.table(
  'check_evaluations',
  {
    ...assetRecord(),
    checkName: text('check_name').notNull(),
    passed: boolean('passed').notNull(),
    severity: text('severity').$type<CheckSeverity>().notNull(),
    blocking: boolean('blocking').notNull(),
    description: text('description'),
    materialization: bigint('materialization', { mode: 'number' }),
  },
  (table) => [
    primaryKey({ columns: [table.runId, table.seq] }),
    uniqueIndex('check_evaluations_check').on(table.assetKey, table.checkName, table.number),
  ],
)

/** One row a check that was ever evaluated: its newest evaluation. */
export const checkStatuses = assetrySchema.table(
  'check_statuses',
  {
    assetKey: text('asset_key').notNull(),
    checkName: text('check_name').notNull(),
    updatedAt: moment('updated_at').notNull(),
    lastRunId: text('last_run_id').notNull(),
    lastSeq: bigint('last_seq', { mode: 'number' }).notNull(),
  },
  (table) => [primaryKey({ columns: [table.assetKey, table.checkName] })],
)
