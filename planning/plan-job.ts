import { AssetryError } from '../definitions/errors.ts'
import { graphSteps } from './plan-graph.ts'
import type { RunPlan } from './run-plan.ts'
import type { Snapshot } from './snapshot.ts'

/** The plan of a run of a graph job. @throws `UNKNOWN_JOB` for one that the snapshot doesn't have */
export function planJob(snapshot: Snapshot, jobName: string): RunPlan {
  const graph = snapshot.jobs.find(({ name }) => name === jobName)?.graph
  if (!graph) throw new AssetryError('UNKNOWN_JOB', `There is no graph job ${JSON.stringify(jobName)}.`, { facts: { jobName } })
  return { version: 1, steps: graphSteps(graph, { asset: undefined, first: 0, after: [], inputs: [] }) }
}
