import type {
  BackfillActivities,
  FreshnessActivities,
  LaunchActivities,
  RunActivities,
  StepActivities,
  TickActivities,
  TickBookkeeping,
} from '../workflows/activity-contract.ts'
import { backfillActivities } from './backfill-activities.ts'
import { freshnessActivities } from './freshness-activities.ts'
import { runActivities } from './run-activities.ts'
import { launchActivities } from './launch-activities.ts'
import { stepActivities } from './step-activities.ts'
import { tickActivities, type TickParts } from './tick-activities.ts'
import { tickBookkeeping } from './tick-bookkeeping.ts'
import type { WorkerParts } from './worker-parts.ts'

/** Everything workflows ask of a worker. */
export type Activities = StepActivities & RunActivities & BackfillActivities & FreshnessActivities & LaunchActivities & TickBookkeeping

export function createActivities(parts: WorkerParts): Activities {
  return {
    ...stepActivities(parts),
    ...runActivities(parts),
    ...backfillActivities(parts),
    ...freshnessActivities(parts),
    ...launchActivities(parts),
    ...tickBookkeeping(parts),
  }
}

type Launchers = Pick<TickParts, 'launcher' | 'recorder' | 'pauseSchedule'>

/** What evaluates schedules and sensors: on a queue of its own. */
export function createTickActivities(parts: WorkerParts & Launchers): TickActivities {
  const launch = launchActivities(parts)
  return tickActivities({ ...parts, validate: (request) => launch.validateRunConfig(request) })
}
