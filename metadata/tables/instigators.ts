import { integer, primaryKey, text } from 'drizzle-orm/pg-core'
import type { InstigatorStatus } from '../../definitions/sensor-options.ts'
import type { InstigatorKind } from '../stores/instigator-store.ts'
import { assetrySchema, moment } from './assetry-schema.ts'

export const instigators = assetrySchema.table(
  'instigators',
  {
    codeLocation: text('code_location').notNull(),
    kind: text('kind').$type<InstigatorKind>().notNull(),
    name: text('name').notNull(),
    status: text('status').$type<InstigatorStatus>(),
    reason: text('reason'),
    cursor: text('cursor'),
    cursorEdits: integer('cursor_edits').notNull().default(0),
    failures: integer('failures').notNull().default(0),
    changedAt: moment('changed_at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.codeLocation, table.kind, table.name] })],
)
