import { bigint, primaryKey, text } from 'drizzle-orm/pg-core'
import { assetrySchema, moment } from './assetry-schema.ts'

/** Keys of dynamic partitions. */
export const dynamicPartitions = assetrySchema.table(
  'dynamic_partitions',
  {
    name: text('name').notNull(),
    key: text('key').notNull(),
    number: bigint('number', { mode: 'number' }).notNull().generatedAlwaysAsIdentity(),
    addedAt: moment('added_at').notNull().defaultNow(),
    call: text('call').notNull(),
  },
  (table) => [primaryKey({ columns: [table.name, table.key] })],
)
