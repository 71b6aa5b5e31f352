import type {
  Backfill as StoredBackfill,
  BackfillAsset as StoredAsset,
  RecordedPartitionFailure,
} from '../metadata/stores/backfill-store.ts'
import type { Backfill, BackfillAsset, BackfillCounts, BackfillFailure } from './contract/backfill.ts'
import { plain } from './wire-json.ts'

/** A backfill as the API shows it. */
export function wireBackfill(backfill: StoredBackfill): Backfill {
  const { requestHash: _, continues, createdAt, startedAt, endedAt, ...facts } = backfill
  const assets = backfill.assets.map(wireAsset)
  return plain<Backfill>({
    ...facts,
    assets,
    totals: totalsOf(assets),
    continueOnFailure: continues,
    createdAt: createdAt.toISOString(),
    startedAt: startedAt?.toISOString() ?? null,
    endedAt: endedAt?.toISOString() ?? null,
  })
}

/** A partition that was not made as the API shows it. */
export function wireFailure({ partitionKey, time, ...facts }: RecordedPartitionFailure): BackfillFailure {
  return plain<BackfillFailure>({ ...facts, partitionKey: partitionKey === '' ? null : partitionKey, time: time.toISOString() })
}

function wireAsset({ assetKey, targeted, requested, materialized, failed, skipped }: StoredAsset): BackfillAsset {
  return {
    assetKey,
    targeted,
    waiting: Math.max(0, targeted - requested),
    // Made and not passed by its check is made; what a step has recorded twice must not count below nothing.
    inProgress: Math.max(0, requested - materialized - failed - skipped),
    materialized,
    failed,
    skipped,
  }
}

function totalsOf(assets: readonly BackfillAsset[]): BackfillCounts {
  const total = (name: keyof BackfillCounts): number => assets.reduce((sum, asset) => sum + asset[name], 0)
  return {
    targeted: total('targeted'),
    waiting: total('waiting'),
    inProgress: total('inProgress'),
    materialized: total('materialized'),
    failed: total('failed'),
    skipped: total('skipped'),
  }
}
