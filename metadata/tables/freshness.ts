import { bigint, primaryKey, text } from 'drizzle-orm/pg-core'
import type { FreshnessState } from '../../planning/freshness.ts'
import { assetrySchema, moment } from './assetry-schema.ts'

/** How each asset that has a freshness policy was last found. */
export const freshnessStates = assetrySchema.table('freshness_states', {
  assetKey: text('asset_key').primaryKey(),
  state: text('state').$type<FreshnessState>().notNull(),
  since: moment('since').notNull(),
  policyHash: text('policy_hash').notNull(),
  evaluatedAt: moment('evaluated_at').notNull(),
})

/** Each change of a state. */
export const freshnessEvents = assetrySchema.table(
  'freshness_events',
  {
    number: bigint('number', { mode: 'number' }).notNull().generatedAlwaysAsIdentity(),
    assetKey: text('asset_key').notNull(),
    from: text('from_state').$type<FreshnessState>(),
    to: text('to_state').$type<FreshnessState>().notNull(),
    time: moment('time').notNull(),
    reason: text('reason').notNull(),
  },
  (table) => [primaryKey({ columns: [table.assetKey, table.number] })],
)
