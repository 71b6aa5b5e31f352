import { bigint, json, text } from 'drizzle-orm/pg-core'
import type { RecordedError } from '../stores/recorded-error.ts'
import { assetrySchema, moment } from './assetry-schema.ts'

/** What came over HTTP for sensors. */
export const sensorEvents = assetrySchema.table('sensor_events', {
  number: bigint('number', { mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
  codeLocation: text('code_location').notNull(),
  sensor: text('sensor').notNull(),
  eventKey: text('event_key').notNull(),
  event: json('event').notNull(),
  receivedAt: moment('received_at').notNull(),
  tickId: text('tick_id'),
  refused: json('refused').$type<RecordedError>(),
})
