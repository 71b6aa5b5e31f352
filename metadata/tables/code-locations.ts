import { json, text } from 'drizzle-orm/pg-core'
import type { Snapshot } from '../../planning/snapshot.ts'
import { assetrySchema, moment } from './assetry-schema.ts'

export const snapshots = assetrySchema.table('snapshots', {
  hash: text('hash').primaryKey(),
  snapshot: json('snapshot').$type<Snapshot>().notNull(),
})

export const codeLocations = assetrySchema.table('code_locations', {
  name: text('name').primaryKey(),
  snapshotHash: text('snapshot_hash')
    .notNull()
    .references(() => snapshots.hash),
  registeredAt: moment('registered_at').notNull(),
})
