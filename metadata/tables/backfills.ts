import { bigint, boolean, integer, json, jsonb, primaryKey, text } from 'drizzle-orm/pg-core'
import type { RunConfig } from '../../definitions/config.ts'
import type { BackfillPlan, StageCursor } from '../../planning/backfill-plan.ts'
import type { BackfillStatus, PartitionFailure } from '../stores/backfill-store.ts'
import type { RecordedError } from '../stores/recorded-error.ts'
import { assetrySchema, moment } from './assetry-schema.ts'

export const backfills = assetrySchema.table('backfills', {
  number: bigint('number', { mode: 'number' }).notNull().generatedAlwaysAsIdentity(),
  backfillId: text('backfill_id').primaryKey(),
  status: text('status').$type<BackfillStatus>().notNull(),
  codeLocation: text('code_location').notNull(),
  snapshotHash: text('snapshot_hash').notNull(),
  jobName: text('job_name'),
  selection: text('selection').notNull(),
  runConfig: json('run_config').$type<RunConfig>().notNull(),
  tags: jsonb('tags').$type<Readonly<Record<string, string>>>().notNull(),
  plan: json('plan').$type<BackfillPlan>().notNull(),
  cursors: json('cursors').$type<readonly StageCursor[]>().notNull(),
  cuts: bigint('cuts', { mode: 'number' }).notNull().default(0),
  concurrency: integer('concurrency').notNull(),
  priority: integer('priority'),
  partitionsPerStep: integer('per_step'),
  continues: boolean('continues').notNull(),
  idempotencyKey: text('idempotency_key').unique(),
  requestHash: text('request_hash'),
  createdAt: moment('created_at').notNull(),
  startedAt: moment('started_at'),
  endedAt: moment('ended_at'),
  endReason: text('end_reason'),
})

/** How far a backfill is with an asset. */
export const backfillAssets = assetrySchema.table(
  'backfill_assets',
  {
    backfillId: text('backfill_id').notNull(),
    assetKey: text('asset_key').notNull(),
    place: integer('place').notNull(),
    targeted: bigint('targeted', { mode: 'number' }).notNull(),
    requested: bigint('requested', { mode: 'number' }).notNull().default(0),
    materialized: bigint('materialized', { mode: 'number' }).notNull().default(0),
    failed: bigint('failed', { mode: 'number' }).notNull().default(0),
    skipped: bigint('skipped', { mode: 'number' }).notNull().default(0),
  },
  (table) => [primaryKey({ columns: [table.backfillId, table.assetKey] })],
)

/** Partitions that a step did not make. */
export const partitionFailures = assetrySchema.table(
  'partition_failures',
  {
    runId: text('run_id').notNull(),
    stepKey: text('step_key').notNull(),
    assetKey: text('asset_key').notNull(),
    partitionKey: text('partition_key').notNull(),
    backfillId: text('backfill_id'),
    kind: text('kind').$type<PartitionFailure['kind']>().notNull(),
    error: json('error').$type<RecordedError>(),
    because: text('because'),
    time: moment('time').notNull(),
  },
  (table) => [primaryKey({ columns: [table.runId, table.stepKey, table.assetKey, table.partitionKey] })],
)
