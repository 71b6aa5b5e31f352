import { bigint, boolean, integer, json, jsonb, text } from 'drizzle-orm/pg-core'
import type { RunConfig } from '../../definitions/config.ts'
import type { BackfillCut } from '../../planning/backfill-plan.ts'
import type { RunStatus } from '../stores/run-store.ts'
import { assetrySchema, moment } from './assetry-schema.ts'

export const runs = assetrySchema.table('runs', {
  number: bigint('number', { mode: 'number' }).notNull().generatedAlwaysAsIdentity(),
  runId: text('run_id').primaryKey(),
  status: text('status').$type<RunStatus>().notNull(),
  codeLocation: text('code_location').notNull(),
  snapshotHash: text('snapshot_hash').notNull(),
  jobName: text('job_name'),
  selection: text('selection').notNull(),
  assetKeys: text('asset_keys').array().notNull(),
  stepCount: integer('step_count').notNull(),
  runConfig: json('run_config').$type<RunConfig>().notNull(),
  tags: jsonb('tags').$type<Readonly<Record<string, string>>>().notNull(),
  partitionKey: text('partition_key').notNull(),
  idempotencyKey: text('idempotency_key').unique(),
  requestHash: text('request_hash'),
  createdAt: moment('created_at').notNull(),
  startedAt: moment('started_at'),
  endedAt: moment('ended_at'),
  endReason: text('end_reason'),
  lastSeq: bigint('last_seq', { mode: 'number' }).notNull(),
  backfillId: text('backfill_id'),
  partitions: json('partitions').$type<readonly string[]>(),
  cut: json('cut').$type<BackfillCut>(),
  settled: boolean('settled').notNull().default(false),
})
