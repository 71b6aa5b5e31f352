import { unknownBackfill } from '../metadata/unknown-backfill.ts'
import type { BackfillStage as PlannedStage } from '../planning/backfill-plan.ts'
import { backfillWorkflowId } from '../workflows/names.ts'
import type { ApiParts } from './api-parts.ts'
import type { BackfillDetail, BackfillStage } from './contract/backfill.ts'
import { temporalReference } from './temporal-reference.ts'
import { waitingReason } from './waiting-reason.ts'
import { wireBackfill } from './wire-backfills.ts'

/** A backfill with its stages, and where it is found in Temporal. @throws `UNKNOWN_BACKFILL` */
export async function backfillDetail(parts: ApiParts, backfillId: string): Promise<BackfillDetail> {
  const work = await parts.store.backfills.work(backfillId)
  if (work === undefined) throw unknownBackfill(backfillId)
  return {
    ...wireBackfill(work.backfill),
    stages: work.plan.stages.map(wireStage),
    waitingFor: await waitingReason(parts, work.backfill),
    temporal: temporalReference(parts, backfillWorkflowId(backfillId)),
  }
}

function wireStage({ assets, partitions, ranges, count }: PlannedStage): BackfillStage {
  return { assetKeys: [...assets], ranges: partitions === null ? [] : [...ranges], count }
}
