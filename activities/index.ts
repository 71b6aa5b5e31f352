import type { LaunchActivities, RunActivities, StepActivities } from '../workflows/activity-contract.ts'
import { materializeActivity } from './materialize.ts'
import { runActivities } from './run-activities.ts'
import { launchActivities } from './launch-activities.ts'
import type { WorkerParts } from './worker-parts.ts'

/** Everything workflows ask of a worker. */
export type Activities = StepActivities & RunActivities & LaunchActivities

export function createActivities(parts: WorkerParts): Activities {
  const materialize = materializeActivity(parts)
  return {
    materialize,
    runOp: materialize,
    checkAsset: materialize,
    observe: materialize,
    ...runActivities(parts),
    ...launchActivities(parts),
  }
}
