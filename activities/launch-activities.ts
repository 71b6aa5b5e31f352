import { runConfigFindings } from '../execution/run-config.ts'
import { runWorks } from '../execution/run-works.ts'
import { planJob } from '../planning/plan-job.ts'
import { planRun } from '../planning/plan-run.ts'
import type { LaunchActivities } from '../workflows/activity-contract.ts'
import type { WorkerParts } from './worker-parts.ts'

/** Questions about a run that only user code can answer. */
export function launchActivities({ definitions, snapshot, environment, secrets }: WorkerParts): LaunchActivities {
  return {
    validateRunConfig: async ({ assetKeys, graphJob, runConfig }) => {
      const plan = graphJob === undefined ? planRun(snapshot, assetKeys) : planJob(snapshot, graphJob)
      return runConfigFindings({ definitions, works: runWorks(definitions, plan, graphJob), runConfig, environment, secrets })
    },
  }
}
