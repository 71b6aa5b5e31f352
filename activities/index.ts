import type {
  BackfillActivities,
  FreshnessActivities,
  LaunchActivities,
  RunActivities,
  StepActivities,
  TickActivities,
} from '../workflows/activity-contract.ts'
import { backfillActivities } from './backfill-activities.ts'
import { freshnessActivities } from './freshness-activities.ts'
import { runActivities } from './run-activities.ts'
import { launchActivities } from './launch-activities.ts'
import { stepActivities } from './step-activities.ts'
import type { RequestLauncher } from './request-launcher.ts'
import { tickActivities } from './tick-activities.ts'
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

/** What evaluates schedules and sensors: on a queue of its own. */
export function createTickActivities(parts: WorkerParts & { readonly launcher: RequestLauncher }): TickActivities {
  return tickActivities({ ...parts, validate: launchActivities(parts).validateRunConfig })
}
