import type {
  BackfillActivities,
  FreshnessActivities,
  LaunchActivities,
  RunActivities,
  StepActivities,
} from '../workflows/activity-contract.ts'
import { backfillActivities } from './backfill-activities.ts'
import { freshnessActivities } from './freshness-activities.ts'
import { runActivities } from './run-activities.ts'
import { launchActivities } from './launch-activities.ts'
import { stepActivities } from './step-activities.ts'
import type { WorkerParts } from './worker-parts.ts'

/** Everything workflows ask of a worker. */
export type Activities = StepActivities & RunActivities & BackfillActivities & FreshnessActivities & LaunchActivities

export function createActivities(parts: WorkerParts): Activities {
  return {
    ...stepActivities(parts),
    ...runActivities(parts),
    ...backfillActivities(parts),
    ...freshnessActivities(parts),
    ...launchActivities(parts),
  }
}
