import type { MetadataStore } from '../metadata/metadata-store.ts'
import type { BackfillRun, BackfillWork, PartitionFailure } from '../metadata/stores/backfill-store.ts'
import type { RecordedError } from '../metadata/stores/recorded-error.ts'
import { partitionsAt } from '../metadata/partitions-at.ts'
import type { PlanStep } from '../planning/run-plan.ts'
import { keysOfRanges } from '../planning/partition-order.ts'

/** Steps of a plan that are read at a time. */
const pageSize = 500

/**
 * What a run that has ended was to make, and has no record of: it was terminated from outside, or cancelled, or a step
 * before these was lost for good. Where everything is accounted for, nothing is read.
 */
export async function settledFailures(
  store: MetadataStore,
  { plan, backfill }: BackfillWork,
  run: BackfillRun,
): Promise<readonly PartitionFailure[]> {
  if (run.status === 'SUCCESS') return []
  const record = await store.runs.get(run.runId)
  const spec = plan.stages[run.cut.stage]?.partitions ?? null
  const at = await partitionsAt(store, spec === null ? [] : [spec], backfill.createdAt)
  const kind = run.status === 'CANCELED' ? 'SKIPPED' : 'FAILED'
  const error = endedBefore(run, record?.endReason ?? null)
  const expected = new Map<string, Set<string>>()
  for (let from = 0; from < run.stepCount; from += pageSize) {
    for (const step of await store.runs.planSteps(run.runId, from, pageSize)) {
      for (const assetKey of madeBy(step)) {
        const keys = expected.get(assetKey) ?? new Set()
        expected.set(assetKey, keys)
        if (spec === null || step.partitions === undefined) keys.add('')
        else for (const key of keysOfRanges(spec, step.partitions, at)) keys.add(key)
      }
    }
  }
  const failures: PartitionFailure[] = []
  for (const [assetKey, keys] of expected) {
    const recorded = await store.backfills.recordedOf(run.runId, assetKey)
    for (const partitionKey of keys) if (!recorded.has(partitionKey)) failures.push({ assetKey, partitionKey, kind, error })
  }
  return failures
}

function madeBy({ kind, asset, assets }: PlanStep): readonly string[] {
  if (kind !== undefined) return []
  return assets ?? (asset === undefined ? [] : [asset])
}

function endedBefore({ runId, status }: BackfillRun, reason: string | null): RecordedError {
  return {
    name: 'Error',
    message: `Run ${runId} ended as ${status}${reason === null ? '' : ` (${reason})`} before this partition was made.`,
    stack: null,
    code: null,
    metadata: null,
    cause: null,
  }
}
