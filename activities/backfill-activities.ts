import { ApplicationFailure } from '@temporalio/common'
import { AssetryError, isAssetryError } from '../definitions/errors.ts'
import type { AssetKey } from '../definitions/asset-key.ts'
import { assetByKey } from '../execution/asset-index.ts'
import type { BackfillRun, BackfillWork } from '../metadata/stores/backfill-store.ts'
import { partitionsAt, specsOf } from '../metadata/partitions-at.ts'
import { runHasEnded } from '../metadata/stores/run-store.ts'
import { unknownBackfill } from '../metadata/unknown-backfill.ts'
import { BackfillProgress } from '../planning/backfill-progress.ts'
import { partitionEdges } from '../planning/partition-edges.ts'
import type { BackfillActivities, BackfillStep, StartableRun } from '../workflows/activity-contract.ts'
import { BackfillCutter, runsAtOnce } from './backfill-cutter.ts'
import { settledFailures } from './backfill-settlement.ts'
import type { WorkerParts } from './worker-parts.ts'

/** Bookkeeping of backfills. Each may be repeated: what there is to know stands in the store, and each change says what it has read. */
export function backfillActivities(parts: WorkerParts): BackfillActivities {
  return {
    advanceBackfill: async ({ backfillId }) => {
      const work = await parts.store.backfills.work(backfillId)
      if (work === undefined)
        throw ApplicationFailure.nonRetryable(`There is no backfill "${backfillId}" in the metadata store.`, 'UNKNOWN_BACKFILL')
      return advance(parts, work)
    },
    cancelBackfill: async ({ backfillId }) =>
      void (await parts.store.backfills.move(
        backfillId,
        ['QUEUED', 'STARTED', 'PAUSED'],
        'CANCELING',
        'its workflow was cancelled in Temporal',
      )),
  }
}

async function advance(parts: WorkerParts, before: BackfillWork): Promise<BackfillStep> {
  const { store } = parts
  const { backfillId } = before.backfill
  for (const run of before.runs) {
    if (runHasEnded(run.status)) await store.backfills.settle(run.runId, await settledFailures(store, before, run))
  }
  if (before.backfill.status === 'QUEUED') await store.backfills.move(backfillId, ['QUEUED'], 'STARTED')
  for (;;) {
    const work = await store.backfills.work(backfillId)
    if (work === undefined) throw unknownBackfill(backfillId)
    const { status } = work.backfill
    const open = work.runs.filter((run) => !runHasEnded(run.status))
    if (open.length < work.runs.length) {
      // One has ended since: it is accounted for before it is looked further.
      return stepOf(work, { again: true })
    }
    if (status === 'CANCELING') return canceled(parts, work, open)
    if (status === 'PAUSED') return stepOf(work, {})
    if (status !== 'STARTED') return { open: [], start: [], window: 0, ended: true }
    if (open.length >= runsAtOnce) return stepOf(work, {})
    const cut = await tryToCut(parts, work)
    if (cut === 'nothing') return open.length > 0 ? stepOf(work, {}) : endedByItself(parts, work)
    if (cut instanceof AssetryError) return open.length > 0 ? stepOf(work, {}) : ended(parts, work, 'FAILURE', cut.message)
  }
}

async function canceled(parts: WorkerParts, work: BackfillWork, open: readonly BackfillRun[]): Promise<BackfillStep> {
  if (open.length === 0) return ended(parts, work, 'CANCELED')
  await endUnstarted(parts, open)
  return stepOf(work, { cancel: true, again: open.some((run) => run.status === 'QUEUED') })
}

/** A run without a workflow has nobody who could be told to end it. Where its workflow begins all the same, its steps find it ended. */
async function endUnstarted({ store }: WorkerParts, runs: readonly BackfillRun[]): Promise<void> {
  const reason = 'its backfill was cancelled before it began'
  for (const { runId, status } of runs) if (status === 'QUEUED') await store.runs.ended({ runId, status: 'CANCELED', reason, skipped: [] })
}

/** Cuts one run, or leaves partitions out. What is wrong with the definitions by now ends the backfill: nothing of it can be planned. */
async function tryToCut(parts: WorkerParts, work: BackfillWork): Promise<'cut' | 'nothing' | AssetryError> {
  const { snapshot, definitions } = parts
  const assets = new Map(snapshot.assets.map((asset) => [asset.key, asset]))
  const own = new Set(work.plan.stages.flatMap((stage) => stage.assets))
  // Not of the whole project: of dynamic partitions the keys are read.
  const at = await partitionsAt(parts.store, specsOf(snapshot.assets.filter(({ key }) => own.has(key))), work.backfill.createdAt)
  const functions = (key: AssetKey, upstreamKey: AssetKey) => assetByKey(definitions, key)?.partitionMappings[upstreamKey]?.spec
  const edges = (key: AssetKey) => {
    const asset = assets.get(key)
    return asset === undefined ? [] : partitionEdges(asset, assets, at, functions).filter(({ upstreamKey }) => own.has(upstreamKey))
  }
  try {
    const progress = new BackfillProgress({ plan: work.plan, cursors: work.cursors, inFlight: work.runs.map(({ cut }) => cut) }, edges, at)
    const cutter = new BackfillCutter(parts, { work, edges, at })
    const limits = await cutter.limits()
    const next = progress.next((stage) => limits.get(stage)?.perRun ?? 1)
    if (next === undefined) return 'nothing'
    await cutter.cut(next)
    return 'cut'
  } catch (error) {
    if (isAssetryError(error) && error.code !== 'STORE_UNREACHABLE') return error
    throw error
  }
}

async function endedByItself(parts: WorkerParts, work: BackfillWork): Promise<BackfillStep> {
  const { assets, backfillId } = work.backfill
  const checked = await parts.store.backfills.failures(backfillId, 1)
  const isGood = checked.length === 0 && assets.every(({ failed, skipped }) => failed + skipped === 0)
  return ended(parts, work, isGood ? 'SUCCESS' : 'FAILURE')
}

async function ended(
  parts: WorkerParts,
  work: BackfillWork,
  status: 'SUCCESS' | 'FAILURE' | 'CANCELED',
  reason?: string,
): Promise<BackfillStep> {
  const from = status === 'CANCELED' ? (['CANCELING'] as const) : (['STARTED', 'PAUSED'] as const)
  const now = await parts.store.backfills.move(work.backfill.backfillId, from, status, reason)
  // Paused, cancelled or retried in this moment: it is looked again.
  return now === status ? { open: [], start: [], window: 0, ended: true } : stepOf(work, { again: true })
}

function stepOf({ backfill, runs }: BackfillWork, more: Partial<BackfillStep>): BackfillStep {
  const open = runs.filter((run) => !runHasEnded(run.status))
  const isPaused = backfill.status === 'PAUSED' || backfill.status === 'CANCELING'
  return {
    open: open.map(({ runId }) => runId),
    start: isPaused ? [] : open.filter(({ status }) => status === 'QUEUED').map(startable),
    window: isPaused
      ? 0
      : Math.max(1, Math.floor(backfill.concurrency / Math.max(1, Math.min(runsAtOnce, backfill.concurrency, open.length)))),
    ...(backfill.priority !== null && { priority: backfill.priority }),
    ...more,
  }
}

function startable({ runId, stepCount, cut }: BackfillRun): StartableRun {
  const ranges = cut.ranges.slice(0, 3).join(', ').slice(0, 150)
  return { runId, stepCount, summary: `${ranges}${cut.ranges.length > 3 ? ', …' : ''} · ${cut.count} partitions` }
}
