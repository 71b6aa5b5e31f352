import { integer, json, primaryKey, text } from 'drizzle-orm/pg-core'
import type { PlanStep } from '../../planning/run-plan.ts'
import { assetrySchema } from './assetry-schema.ts'

/** A run's plan, cut so that a part of it can be read without the rest. */
export const planChunks = assetrySchema.table(
  'plan_chunks',
  {
    runId: text('run_id').notNull(),
    first: integer('first').notNull(),
    steps: json('steps').$type<readonly PlanStep[]>().notNull(),
  },
  (table) => [primaryKey({ columns: [table.runId, table.first] })],
)

/** Steps in one chunk; about 50 KB. */
export const planChunkSize = 500
