import { pgSchema, timestamp } from 'drizzle-orm/pg-core'

/**
 * Where Assetry's tables are in the database, apart from a user's own. The tables say to the query builder what
 * `migrations/` makes; a test keeps the two alike.
 */
export const assetrySchema = pgSchema('assetry')

/** A moment, in milliseconds as JavaScript has it. */
export const moment = (name: string) => timestamp(name, { withTimezone: true, precision: 3, mode: 'date' })
