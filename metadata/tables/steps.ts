import { integer, json, primaryKey, text } from 'drizzle-orm/pg-core'
import type { StepKind, StepOutputs } from '../../planning/run-plan.ts'
import type { SkippedStep } from '../../planning/skipped-step.ts'
import type { RecordedError } from '../stores/recorded-error.ts'
import type { StepStatus } from '../stores/step-store.ts'
import { assetrySchema, moment } from './assetry-schema.ts'

export const steps = assetrySchema.table(
  'steps',
  {
    runId: text('run_id').notNull(),
    stepKey: text('step_key').notNull(),
    assetKey: text('asset_key'),
    status: text('status').$type<StepStatus>().notNull(),
    attempt: integer('attempt').notNull(),
    fence: integer('fence').notNull(),
    claim: text('claim'),
    failures: integer('failures').notNull().default(0),
    losses: integer('losses').notNull().default(0),
    worker: text('worker'),
    startedAt: moment('started_at'),
    endedAt: moment('ended_at'),
    error: json('error').$type<RecordedError>(),
    because: text('because'),
    kind: text('kind').$type<Exclude<StepKind, 'materialize'>>(),
    assetKeys: text('asset_keys').array(),
    outputs: json('outputs').$type<StepOutputs>(),
    partitions: json('partitions').$type<readonly string[]>(),
    why: text('why').$type<SkippedStep['why']>(),
  },
  (table) => [primaryKey({ columns: [table.runId, table.stepKey] })],
)
