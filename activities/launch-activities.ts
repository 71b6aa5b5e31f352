import { runConfigFindings } from '../execution/run-config.ts'
import type { LaunchActivities } from '../workflows/activity-contract.ts'
import type { WorkerParts } from './worker-parts.ts'

/** Questions about a run that only user code can answer. */
export function launchActivities({ definitions, environment, secrets }: WorkerParts): LaunchActivities {
  return {
    validateRunConfig: ({ assetKeys, runConfig }) => runConfigFindings({ definitions, assetKeys, runConfig, environment, secrets }),
  }
}
