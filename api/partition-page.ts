import { AssetryError } from '../definitions/errors.ts'
import { type AtTime, hasPartition, partitionCount, partitionKeysBackwards } from '../definitions/partitions/partition-keys.ts'
import { parsedRange } from '../definitions/partitions/partition-range.ts'
import { partitionWindow } from '../definitions/partitions/partition-window.ts'
import type { PartitionsSpec } from '../definitions/partitions/partitions-spec.ts'
import type { MetadataStore } from '../metadata/metadata-store.ts'
import { partitionsAt } from '../metadata/partitions-at.ts'
import type { AssetStatus } from '../metadata/stores/materialization-store.ts'
import type { PartitionCounts as StoredPartitionCounts, StepOfPartitions } from '../metadata/stores/partition-store.ts'
import { partitionOrder } from '../planning/partition-order.ts'
import type { PageQuery } from './contract/page.ts'
import type { AssetPartition, AssetPartitionPage, PartitionCounts } from './contract/partition.ts'
import { cursorOf, nameOfCursor } from './list-page.ts'
import { plain } from './wire-json.ts'

/** The partitions of an asset that exist now, newest first, from behind the cursor's on, with how each stands. */
export async function partitionPage(
  store: MetadataStore,
  { key, partitions }: { readonly key: string; readonly partitions: PartitionsSpec },
  { limit, cursor }: PageQuery,
  now: Date,
): Promise<AssetPartitionPage> {
  const at = await partitionsAt(store, [partitions], now)
  const keys = keysBehind(partitions, cursor === undefined ? undefined : nameOfCursor(cursor), { ...at, limit: limit + 1 })
  const shown = keys.slice(0, limit)
  const [statuses, counts, inProgress] = await Promise.all([
    store.partitions.statuses(key, shown),
    store.partitions.counts(key, partitions.kind === 'dynamic' ? partitions.name : undefined),
    store.partitions.inProgress(key),
  ])
  const work = partitionWork(partitions, inProgress, at)
  const known = new Map(statuses.map((status) => [status.partitionKey, status]))
  const last = shown.at(-1)
  return {
    items: shown.map((each) => wirePartition(partitions, each, known.get(each), work.runOf(each, known.get(each)))),
    nextCursor: last !== undefined && keys.length > limit ? cursorOf(last) : null,
    partitions: plain<AssetPartitionPage['partitions']>(partitions),
    counts: wireCounts(partitionCount(partitions, at), counts, work.count),
  }
}

/** What steps are at work on. */
interface PartitionWork {
  readonly count: number
  /** The run that is at work on a partition: one that has no record of it yet. */
  readonly runOf: (key: string, status: AssetStatus | undefined) => string | undefined
}

function partitionWork(spec: PartitionsSpec, steps: readonly StepOfPartitions[], at: AtTime): PartitionWork {
  if (steps.length === 0) return { count: 0, runOf: () => undefined }
  const order = partitionOrder(spec, at)
  const working = steps.map((step) => ({ ...step, ranges: step.partitions.map(parsedRange) }))
  const countOf = ({ ranges, recorded }: (typeof working)[number]): number =>
    Math.max(0, ranges.reduce((sum, range) => sum + (range.from === range.to ? 1 : order.count(range)), 0) - recorded)
  return {
    count: working.reduce((sum, step) => sum + countOf(step), 0),
    runOf: (key, status) =>
      working.find(
        ({ runId, ranges }) => status?.lastRunId !== runId && ranges.some((range) => order.overlap(range, { from: key, to: key })),
      )?.runId,
  }
}

/** So many keys that stand behind one in the list. @throws `REQUEST_INVALID` where that one is not in the list any more */
function keysBehind(
  spec: PartitionsSpec,
  after: string | undefined,
  { limit, ...at }: AtTime & { readonly limit: number },
): readonly string[] {
  if (after !== undefined && !hasPartition(spec, after, at)) throw partitionGone(after)
  const keys: string[] = []
  for (const key of partitionKeysBackwards(spec, at, after)) {
    if (key !== after) keys.push(key)
    if (keys.length === limit) break
  }
  return keys
}

function partitionGone(after: string): AssetryError {
  return new AssetryError(
    'REQUEST_INVALID',
    `cursor stands for partition ${JSON.stringify(after)}, which there is not any more: the definition has changed, or the partition was removed. Begin again without a cursor.`,
    { facts: { findings: [{ code: 'REQUEST_INVALID', message: 'names a partition that is gone', path: 'cursor' }] } },
  )
}

function wirePartition(
  spec: PartitionsSpec,
  key: string,
  status: AssetStatus | undefined,
  inProgressRunId: string | undefined,
): AssetPartition {
  const window = partitionWindow(spec, key)
  return {
    key,
    status: inProgressRunId === undefined ? (status?.status ?? 'MISSING') : 'IN_PROGRESS',
    window: window === undefined ? null : { start: window.start.toISOString(), end: window.end.toISOString() },
    lastRunId: inProgressRunId ?? status?.lastRunId ?? null,
    lastMaterializedAt: status?.lastMaterialization?.time.toISOString() ?? null,
    dataVersion: status?.dataVersion ?? null,
  }
}

/** What is known may also be of partitions that the definition no longer has. */
function wireCounts(total: number, { materialized, failed, observed }: StoredPartitionCounts, inProgress: number): PartitionCounts {
  return { total, materialized, failed, missing: Math.max(0, total - materialized - failed - observed), inProgress }
}
