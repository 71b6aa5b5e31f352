import { bigint, text } from 'drizzle-orm/pg-core'
import { assetrySchema } from './assetry-schema.ts'

/** Events of assets that happened outside of every run: what makes a second report the first. */
export const reports = assetrySchema.table('reports', {
  number: bigint('number', { mode: 'number' }).notNull().generatedAlwaysAsIdentity(),
  key: text('key').primaryKey(),
  call: text('call').notNull(),
  hash: text('hash').notNull(),
  event: bigint('event', { mode: 'number' }),
})
